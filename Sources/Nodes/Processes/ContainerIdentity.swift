import Basics

/// Which Pod and container a process belongs to, from `/proc/PID/cgroup`.
///
/// The forms are those of the kubelet's two drivers: `/kubepods/burstable/podUID/ID` (cgroupfs) and
/// `/kubepods.slice/…/kubepods-burstable-podU_I_D.slice/cri-containerd-ID.scope` (systemd), in either version of
/// cgroups; within a private namespace they begin with `/../`.
/// Source: Kubernetes `pkg/kubelet/cm/cgroup_manager_linux.go`; cgroup_namespaces(7).
public struct ContainerIdentity: Sendable, Hashable {
    /// As the API server writes it; `nil` outside Pods, or where the path does not show it.
    public let podUID: String?
    /// 64 hexadecimal digits.
    public let containerID: String?

    init(_ text: [UInt8]) {
        var podUID: String?
        var containerID: String?
        for line in text.split(separator: UInt8(ascii: "\n")).prefix(64) {
            for component in line.split(separator: UInt8(ascii: "/")).prefix(64) {
                podUID = podUID ?? Self.uid(in: component)
                containerID = Self.identifier(in: component) ?? containerID
            }
            if podUID != nil, containerID != nil { break }
        }
        self.podUID = podUID
        self.containerID = containerID
    }

    /// The UID behind the last `pod` of a path's component: a UUID, or the 32 digits of a static Pod's hash.
    private static func uid(in component: ArraySlice<UInt8>) -> String? {
        var name = String(decoding: component, as: UTF8.self)
        if name.hasSuffix(".slice") { name.removeLast(6) }
        guard let mark = name.lastRange(of: "pod") else { return nil }
        let uid = String(name[mark...].dropFirst(3)).replacing("_", with: "-")
        let isUID = uid.utf8.allSatisfy { $0.isLowercaseHexadecimalDigit || $0 == UInt8(ascii: "-") }
        return isUID && (uid.utf8.count == 36 || uid.utf8.count == 32) ? uid : nil
    }

    /// The 64 hexadecimal digits that a container's own component is, or ends with before `.scope`.
    private static func identifier(in component: ArraySlice<UInt8>) -> String? {
        var name = component
        if name.count > 6, name.suffix(6).elementsEqual(".scope".utf8) { name = name.dropLast(6) }
        let digits = name.suffix(64)
        guard digits.count == 64, digits.allSatisfy(\.isLowercaseHexadecimalDigit) else { return nil }
        if name.count > 64, let before = name.dropLast(64).last, before != UInt8(ascii: "-") { return nil }
        return String(decoding: digits, as: UTF8.self)
    }
}

extension String {
    /// Where a text begins for the last time.
    fileprivate func lastRange(of text: String) -> String.Index? {
        var found: String.Index?
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            found = range.lowerBound
            rest = rest[range.upperBound...]
        }
        return found
    }
}
