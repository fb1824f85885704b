using Hearth.Kubernetes.InMemory;
using Hearth.Kubernetes.InMemory.Http;

namespace Hearth.Kubernetes.Tests.InMemory.Http;

public sealed class ProtobufReaderTests
{
    // What kubectl 1.32 sends for `kubectl create namespace foo`.
    private const string Namespace =
        "azhzAAoPCgJ2MRIJTmFtZXNwYWNlEhsKEwoDZm9vEgAaACIAKgAyADgAQgASABoCCgAaACIA";

    [Fact]
    public void ReadObject_NamespaceOfKubectl_ReadsAsJson() => Assert.Equal(
        """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"foo"}}""",
        ProtobufReader.ReadObject(Convert.FromBase64String(Namespace)).ToJsonString());

    [Fact]
    public void ReadObject_ConfigMap_ReadsTextAndBytes()
    {
        // runtime.Unknown{typeMeta{v1, ConfigMap}, raw{metadata{name: c, labels{a: b}}, data{k: v}, binaryData{b: [1]}}}
        byte[] bytes =
        [
            .. "k8s\0"u8,
            0x0a, 15, 0x0a, 2, .. "v1"u8, 0x12, 9, .. "ConfigMap"u8,
            0x12, 30,
            0x0a, 11, 0x0a, 1, (byte)'c', 0x5a, 6, 0x0a, 1, (byte)'a', 0x12, 1, (byte)'b',
            0x12, 6, 0x0a, 1, (byte)'k', 0x12, 1, (byte)'v',
            0x1a, 6, 0x0a, 1, (byte)'b', 0x12, 1, 1,
            0x20, 1,
        ];
        bytes[22] = (byte)(bytes.Length - 23);

        Assert.Equal(
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","labels":{"a":"b"}},"data":{"k":"v"},"binaryData":{"b":"AQ=="},"immutable":true}""",
            ProtobufReader.ReadObject(bytes).ToJsonString());
    }

    [Fact]
    public void ReadObject_KindThatIsNotRead_IsToldToUseJson()
    {
        byte[] bytes = [.. "k8s\0"u8, 0x0a, 9, 0x0a, 2, .. "v1"u8, 0x12, 3, .. "Pod"u8];

        Assert.Equal(415, Assert.Throws<StatusException>(() => ProtobufReader.ReadObject(bytes)).Status.Code);
    }

    [Fact]
    public void ReadObject_AnyTruncation_IsRefusedOrRead()
    {
        var whole = Convert.FromBase64String(Namespace);
        for (var length = 0; length < whole.Length; length++)
        {
            try
            {
                ProtobufReader.ReadObject(whole.AsSpan(0, length));
            }
            catch (StatusException e)
            {
                Assert.InRange(e.Status.Code!.Value, 400, 415);
            }
        }
    }
}
