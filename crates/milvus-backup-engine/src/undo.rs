//! What an operation has to undo, in the order in which it did it.

/// Steps to undo, the last one first.
#[derive(Debug)]
pub(crate) struct UndoStack<S> {
    steps: Vec<S>,
}

impl<S> Default for UndoStack<S> {
    fn default() -> Self {
        Self { steps: Vec::new() }
    }
}

impl<S> UndoStack<S> {
    /// Adds a step, before or right after what it undoes is done.
    pub(crate) fn push(&mut self, step: S) {
        self.steps.push(step);
    }

    /// Takes the last step, which is then the caller's to carry out.
    pub(crate) fn pop(&mut self) -> Option<S> {
        self.steps.pop()
    }

    /// Takes the last step if it is such a one.
    pub(crate) fn pop_if(&mut self, wanted: impl FnOnce(&S) -> bool) -> Option<S> {
        self.steps.pop_if(|step| wanted(step))
    }

    /// Forgets steps that are not to be undone any more.
    pub(crate) fn forget(&mut self, mut done: impl FnMut(&S) -> bool) {
        self.steps.retain(|step| !done(step));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_undone_from_the_last_one_to_the_first() {
        let mut undo = UndoStack::default();
        for step in 1..=4 {
            undo.push(step);
        }
        undo.forget(|step| *step == 3);
        assert_eq!(undo.pop_if(|step| *step == 4), Some(4));
        assert_eq!(undo.pop_if(|step| *step == 4), None);
        assert_eq!([undo.pop(), undo.pop(), undo.pop()], [Some(2), Some(1), None]);
    }
}
