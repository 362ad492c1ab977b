import TestSupport
import Testing

/// The examples of RFC 6902, appendix A, held against the implementation that the other tests check patches with.
@Suite
struct JSONPatchTests {
    @Test(arguments: [
        // A.1 to A.16, in their order
        (
            #"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux"}]"#,
            #"{"baz":"qux","foo":"bar"}"#
        ),
        (
            #"{"foo":["bar","baz"]}"#, #"[{"op":"add","path":"/foo/1","value":"qux"}]"#,
            #"{"foo":["bar","qux","baz"]}"#
        ),
        (#"{"baz":"qux","foo":"bar"}"#, #"[{"op":"remove","path":"/baz"}]"#, #"{"foo":"bar"}"#),
        (
            #"{"foo":["bar","qux","baz"]}"#, #"[{"op":"remove","path":"/foo/1"}]"#,
            #"{"foo":["bar","baz"]}"#
        ),
        (
            #"{"baz":"qux","foo":"bar"}"#, #"[{"op":"replace","path":"/baz","value":"boo"}]"#,
            #"{"baz":"boo","foo":"bar"}"#
        ),
        (
            #"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
            #"[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]"#,
            #"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#
        ),
        (
            #"{"foo":["all","grass","cows","eat"]}"#, #"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#,
            #"{"foo":["all","cows","eat","grass"]}"#
        ),
        (
            #"{"baz":"qux","foo":["a",2,"c"]}"#,
            #"[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]"#,
            #"{"baz":"qux","foo":["a",2,"c"]}"#
        ),
        (
            #"{"foo":"bar"}"#, #"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#,
            #"{"foo":"bar","child":{"grandchild":{}}}"#
        ),
        (
            #"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux","xyz":123}]"#,
            #"{"foo":"bar","baz":"qux"}"#
        ),
        (#"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":10}]"#, #"{"/":9,"~1":10}"#),
        (
            #"{"foo":["bar"]}"#, #"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#,
            #"{"foo":["bar",["abc","def"]]}"#
        ),
        (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/foo","value":"new"}]"#, #"{"foo":"new"}"#),
        (
            #"{"foo":{"a":1}}"#, #"[{"op":"copy","from":"/foo","path":"/bar"}]"#,
            #"{"foo":{"a":1},"bar":{"a":1}}"#
        ),
    ])
    func `RFC 6902, appendix A: what applies`(document: String, patch: String, expected: String) throws {
        #expect(
            try JSONPatch.apply(JSONTree(text: patch), to: JSONTree(text: document))
                == JSONTree(text: expected))
    }

    @Test(arguments: [
        (#"{"baz":"qux"}"#, #"[{"op":"test","path":"/baz","value":"bar"}]"#),
        (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz/bat","value":"qux"}]"#),
        (#"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":"10"}]"#),
        (#"{"foo":"bar"}"#, #"[{"op":"replace","path":"/baz","value":1}]"#),
        (#"{"foo":"bar"}"#, #"[{"op":"remove","path":"/baz"}]"#),
        (#"{"foo":[1]}"#, #"[{"op":"add","path":"/foo/2","value":1}]"#),
        (#"{"foo":[1]}"#, #"[{"op":"add","path":"/foo/01","value":1}]"#),
        (#"{"foo":{"bar":1}}"#, #"[{"op":"move","from":"/foo","path":"/foo/bar"}]"#),
        (#"{"foo":1}"#, #"[{"op":"spam","path":"/foo"}]"#),
    ])
    func `RFC 6902, appendix A and section 4: what must fail`(document: String, patch: String) throws {
        let (document, patch) = (try JSONTree(text: document), try JSONTree(text: patch))
        #expect(throws: JSONPatch.Failure.self) { try JSONPatch.apply(patch, to: document) }
    }
}
