//! The steps that an operation has to undo, in the order in which it took them.

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
    /// Adds a step, before or right after the action that it undoes.
    pub(crate) fn push(&mut self, step: S) {
        self.steps.push(step);
    }

    /// Removes and returns the last step, which the caller carries out.
    pub(crate) fn pop(&mut self) -> Option<S> {
        self.steps.pop()
    }

    /// Removes and returns the last step if it matches.
    pub(crate) fn pop_if(&mut self, wanted: impl FnOnce(&S) -> bool) -> Option<S> {
        self.steps.pop_if(|step| wanted(step))
    }

    /// Removes the steps that no longer have to be undone.
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
