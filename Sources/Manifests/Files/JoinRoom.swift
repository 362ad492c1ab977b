/// How much one container may take from ConfigMaps and Secrets.
///
/// All containers of an object may read the same ones, so that each of many gets a share: what there is to do grows as
/// the object does, and not as its square. A Pod that a cluster would store has a few containers, and feels no limit
/// but that of one.
struct JoinRoom {
    /// The most bytes of files.
    let bytes: Int
    /// The most files of a folder.
    let files: Int
    /// The most variables, and bytes of the objects that they come from. A process can start with no more than these.
    let variables: Int
    let variableBytes: Int

    /// - Parameter containers: how many containers of the object take something.
    init(containers: Int) {
        func share(_ total: Int, atLeast least: Int, atMost most: Int) -> Int {
            min(most, max(least, total / max(containers, 1)))
        }
        bytes = share(16 << 20, atLeast: 8 << 10, atMost: 4 << 20)
        files = share(64 << 10, atLeast: 16, atMost: 64 << 10)
        variables = share(64 << 10, atLeast: 64, atMost: 4096)
        variableBytes = share(16 << 20, atLeast: 8 << 10, atMost: 1 << 20)
    }
}
