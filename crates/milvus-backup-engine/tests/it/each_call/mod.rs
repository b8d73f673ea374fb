//! Every operation with a mishap at each of its calls to Milvus and to the store, one after the other.

mod copy;
mod create;
mod deletion;
mod drill;
mod invariants;
mod mishap;
mod overtaking;
mod parts;
mod pin;
mod program;
mod prune;
mod restore;
mod resume;
mod scene;
mod source;
mod verify;
