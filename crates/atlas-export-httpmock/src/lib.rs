//! Typed httpmock helpers for the MongoDB Atlas snapshot-export API, generated from its OpenAPI contract
