import Testing
import UWSGI

/// Files that somebody has read beforehand.
@Suite struct KnownFilesTests {
    private func detect(_ command: [String], _ files: [String: KnownFiles.Answer], directory: String = "")
        -> Detection
    {
        Detector().detect(
            ContainerSpecification(
                image: "example", command: command, workingDirectory: directory, files: KnownFiles(files)))
    }

    @Test(arguments: [
        ["/start.sh"], ["sh", "/start.sh"], ["bash", "-e", "/start.sh"], ["sh", "-c", "/start.sh"],
        ["sh", "-c", ". /start.sh"], ["tini", "--", "/start.sh"], ["sh", "-c", "cd /; ./start.sh"],
    ])
    func `Scripts are run`(_ command: [String]) {
        let detection = detect(command, ["/start.sh": .text("#!/bin/sh\nset -e\nexec uwsgi --max-fd 2048\n")])
        #expect(detection.certainty == .certain && detection.maxFD.number == 2048, "\(detection)")
        let other = detect(command, ["/start.sh": .text("exec gunicorn app:app")])
        #expect(other.certainty == nil)
    }

    @Test func `Arguments reach the script`() {
        let files: [String: KnownFiles.Answer] = ["/entry": .text("#!/bin/bash\nexec \"$@\" --max-fd 2048")]
        #expect(detect(["/entry", "uwsgi", "--http", ":80"], files).maxFD.number == 2048)
        #expect(detect(["/entry", "celery"], files).certainty == nil)
    }

    @Test func `Paths from the working directory`() {
        let files: [String: KnownFiles.Answer] = ["/app/run.sh": .text("exec uwsgi")]
        #expect(detect(["./run.sh"], files, directory: "/app").certainty == .certain)
        #expect(detect(["./run.sh"], files, directory: "/srv").certainty == nil)
    }

    @Test func `Unknown paths are named`() {
        #expect(
            detect(["sh", "-c", ". /etc/profile; /app/migrate && exec /app/start.sh"], [:]).unreadPaths == [
                "/etc/profile", "/app/migrate", "/app/start.sh",
            ])
        #expect(detect(["/app/start.sh"], ["/app/start.sh": .text("exec uwsgi")]).unreadPaths == [])
    }

    @Test func `Folders are listed as far as they are known`() {
        var files = KnownFiles(
            [
                "/etc/a/b.ini": .text(""), "/etc/a/c/d.ini": .text(""), "/etc/a/gone": .absent,
                "/etc/ab": .text(""),
            ])
        #expect(files.listing(of: "/etc/a") == KnownFiles.Listing(names: ["b.ini", "c"], isComplete: false))
        #expect(files["/etc/a/x"] == .unknown)
        files.complete(folder: "/etc/a/")
        #expect(files.listing(of: "/etc/a/") == KnownFiles.Listing(names: ["b.ini", "c"], isComplete: true))
        #expect(files.listing(of: "/etc/a/c") == KnownFiles.Listing(names: ["d.ini"], isComplete: true))
        #expect(files["/etc/a/x"] == .absent && files["/etc/a/c/x"] == .absent)
        #expect(files["/etc/x"] == .unknown && files["/etc/ab/x"] == .unknown)
        #expect(files.listing(of: "/srv") == KnownFiles.Listing())
    }
}
