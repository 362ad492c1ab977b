"""Writes what an executable is made of, as SPDX 2.3 (https://spdx.github.io/spdx-spec/v2.3/):

    sbom.py EXECUTABLE VERSION > uwsgi-max-fd.spdx.json

What is linked dynamically is asked of the loader, and the package, version and licence of each library of dpkg. What is
linked statically are the Swift packages of Package.resolved, as far as the executable needs them, and Swift's runtime.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Checkouts carry their licence as a text; all that this product depends on has the same.
SWIFT_LICENCES = {"Apache License": "Apache-2.0", "MIT License": "MIT"}


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def identifier(*parts):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", "-".join(parts))


def package(kind, name, version, licence, locator, **more):
    return {
        "SPDXID": identifier(kind, name),
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
        "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": locator}
        ],
        **more,
    }


def libraries(executable):
    """The paths of the shared libraries, the loader among them."""
    for line in output("ldd", executable).splitlines():
        words = line.split()
        path = words[2] if len(words) > 2 and words[1] == "=>" else words[0]
        if path.startswith("/"):
            yield path


def debian_package(path):
    """Which package a library came with. Its path may lead through a merged /usr."""
    for candidate in (path, str(pathlib.Path(path).resolve()), path.removeprefix("/usr")):
        found = subprocess.run(["dpkg-query", "--search", candidate], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.split(": ")[0]
    sys.exit(f"sbom.py: no package has {path}: build where libraries come from Debian packages")


def debian_licences(name):
    """The licences that a package's machine-readable copyright file names
    (https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/)."""
    text = pathlib.Path("/usr/share/doc", name.split(":")[0], "copyright").read_text(errors="replace")
    if not text.startswith("Format:"):
        return "NOASSERTION"
    named = sorted(set(re.findall(r"^License: *([A-Za-z0-9.+-]+)\s*$", text, re.MULTILINE)))
    spdx = [f"LicenseRef-Debian-{licence.replace('+', '-or-later')}" for licence in named]
    return " AND ".join(spdx) if spdx else "NOASSERTION"


def debian(executable):
    names = sorted({debian_package(path) for path in libraries(executable)})
    for name in names:
        shown = output("dpkg-query", "--show", "--showformat", "${Package} ${Version} ${Architecture}", name)
        base, version, architecture = shown.split()
        locator = f"pkg:deb/debian/{base}@{version}?arch={architecture}"
        yield package("Debian", base, version, debian_licences(name), locator)


def swift_licence(checkout):
    for file in ("LICENSE.txt", "LICENSE", "LICENSE.md"):
        path = checkout / file
        if path.exists():
            text = path.read_text(errors="replace")[:400]
            return next((spdx for word, spdx in SWIFT_LICENCES.items() if word in text), "NOASSERTION")
    return "NOASSERTION"


def swift_packages():
    tree = json.loads(output("swift", "package", "--package-path", str(ROOT), "show-dependencies", "--format", "json"))
    found = {}

    def visit(node):
        for dependency in node["dependencies"]:
            found[dependency["identity"]] = dependency
            visit(dependency)

    visit(tree)
    for identity, node in sorted(found.items()):
        location = node["url"] if node["url"].startswith("https://") else "NOASSERTION"
        version = node["version"]
        yield package(
            "Swift", identity, version, swift_licence(pathlib.Path(node["path"])),
            f"pkg:swift/{identity}@{version}", downloadLocation=location)


def swift_runtime():
    version = re.search(r"Swift version (\S+)", output("swift", "--version")).group(1)
    return package("Swift", "swift-runtime", version, "Apache-2.0 WITH Swift-exception", f"pkg:generic/swift@{version}")


def document(executable, version):
    digest = hashlib.sha256(pathlib.Path(executable).read_bytes()).hexdigest()
    main = package(
        "Program", "uwsgi-max-fd", version, "Apache-2.0", f"pkg:generic/uwsgi-max-fd@{version}",
        checksums=[{"algorithm": "SHA256", "checksumValue": digest}])
    dynamic = list(debian(executable))
    static = [*swift_packages(), swift_runtime()]
    named = {licence for each in dynamic for licence in re.findall(r"LicenseRef-[A-Za-z0-9.-]+", each["licenseDeclared"])}
    created = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"uwsgi-max-fd-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/uwsgi-max-fd-{version}-{digest}",
        "creationInfo": {
            "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": ["Organization: uwsgi-max-fd-webhook maintainers", "Tool: sbom.py"],
        },
        "packages": [main, *static, *dynamic],
        "hasExtractedLicensingInfos": [
            {"licenseId": licence, "extractedText": "See the copyright file of the Debian package.",
             "name": licence.removeprefix("LicenseRef-Debian-")}
            for licence in sorted(named)
        ],
        "relationships": [
            {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": main["SPDXID"]},
            *({"spdxElementId": main["SPDXID"], "relationshipType": "STATIC_LINK", "relatedSpdxElement": each["SPDXID"]}
              for each in static),
            *({"spdxElementId": main["SPDXID"], "relationshipType": "DYNAMIC_LINK", "relatedSpdxElement": each["SPDXID"]}
              for each in dynamic),
        ],
    }


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: sbom.py EXECUTABLE VERSION")
    json.dump(document(*sys.argv[1:]), sys.stdout, indent=2)
    print()
