//! Low-level bindings of the MongoDB Atlas snapshot-export API, generated from its OpenAPI contract
