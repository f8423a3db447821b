//! Runs processes under limits, isolated by the Linux kernel.

mod landlock;
mod seccomp;
