//! Tests of the client from outside: its columns for every type.

mod columns;
