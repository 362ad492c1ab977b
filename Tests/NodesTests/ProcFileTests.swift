import Testing

@testable import Nodes

/// Files of `/proc`, as kernels and runtimes write them.
@Suite struct ProcFileTests {
    private static let uid = "2434988f-7dbe-4f49-90bf-360337ad13ba"
    private static let id = String(repeating: "0123456789abcdef", count: 4)

    @Test(arguments: [
        "12:memory:/kubepods/burstable/pod\(uid)/\(id)\n1:name=systemd:/kubepods/burstable/pod\(uid)/\(id)\n",
        "0::/kubepods/besteffort/pod\(uid)/\(id)\n",
        "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod\(uid.replacing("-", with: "_")).slice/cri-containerd-\(id).scope\n",
        "0::/kubepods.slice/kubepods-pod\(uid.replacing("-", with: "_")).slice/crio-\(id).scope/container\n",
        "0::/../kubepods-burstable-pod\(uid.replacing("-", with: "_")).slice/cri-containerd-\(id).scope\n",
        "0::/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod\(uid.replacing("-", with: "_")).slice/cri-containerd-\(id).scope\n",
        "0::/kubepods.slice/kubepods-pod\(uid.replacing("-", with: "_")).slice/docker-\(id).scope\n",
        "0::/../../pod\(uid)/\(id)\n",
    ])
    func `The Pod and the container in a cgroup's path`(_ text: String) {
        let identity = ContainerIdentity(Array(text.utf8))
        #expect(identity.podUID == Self.uid)
        #expect(identity.containerID == Self.id)
    }

    @Test func `A static Pod's UID is a hash`() {
        let hash = "0123456789abcdef0123456789abcdef"
        #expect(ContainerIdentity(Array("0::/kubepods/pod\(hash)/\(Self.id)\n".utf8)).podUID == hash)
    }

    @Test(arguments: [
        "", "0::/\n", "0::/system.slice/containerd.service\n", "0::/../..\n", "0::/podium/pods\n",
        "\u{0}\u{1}\n",
        "0::/kubepods/podnot-a-uid/0123\n", "0::/user.slice/user-1000.slice/session-2.scope\n",
    ])
    func `Paths that show nothing`(_ text: String) {
        let identity = ContainerIdentity(Array(text.utf8))
        #expect(identity.podUID == nil)
        #expect(identity.containerID == nil)
    }

    @Test func `A name may hold parentheses, blanks and line ends`() {
        let line = "7 (a) b\n(c) S 3 7 7 0 -1 4194560 1 0 0 0 1 2 3 4 20 0 1 0 4711 1 1 1\n"
        let stat = ProcessStat(Array(line.utf8))
        #expect(stat?.name == "a) b\n(c")
        #expect(stat?.parent == 3)
        #expect(stat?.startTicks == 4711)
    }

    @Test(arguments: ["", "7", "7 (a", "7 )a( S", "7 (a) S x", "7 (a) S 1 2 3"])
    func `What is not a line of stat`(_ text: String) {
        #expect(ProcessStat(Array(text.utf8)) == nil)
    }

    @Test func `Limits, unlimited ones too`() {
        let text =
            "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 unlimited            files \n"
        let limits = DescriptorLimits(Array(text.utf8))
        #expect(limits?.soft == 1024)
        #expect(limits?.hard == .max)
        #expect(DescriptorLimits(Array("Max open files\n".utf8)) == nil)
        #expect(DescriptorLimits(Array("Max open files x y files\n".utf8)) == nil)
        #expect(DescriptorLimits([]) == nil)
    }

    @Test func `Memory and user`() {
        let memory = ProcessMemory(
            Array(
                "Name:\tuwsgi\nUid:\t65532\t65532\t65532\t65532\nVmRSS:\t   14204 kB\nRssAnon:\t   9000 kB\n"
                    .utf8))
        #expect(memory.resident == 14204 << 10)
        #expect(memory.anonymous == 9000 << 10)
        #expect(memory.user == 65532)
        #expect(
            ProcessMemory(Array("VmRSS:\t99999999999999999999 kB\nRssAnon:\t9223372036854775807 kB\n".utf8))
                .anonymous > 0)
    }
}
