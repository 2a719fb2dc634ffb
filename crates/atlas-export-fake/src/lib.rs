//! FakeAtlas: a stateful, in-process MongoDB Atlas backup-export API on a loopback port, for tests
