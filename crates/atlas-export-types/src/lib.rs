//! Identifiers, open enumerations and tolerant lists of the MongoDB Atlas snapshot-export API
