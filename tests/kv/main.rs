//! The store: what each request does, in etcd's words and numbers, and a model to compare with.

mod model;
mod naive;
