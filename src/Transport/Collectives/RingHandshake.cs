using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Hearth.Transport.Collectives;

/// <summary>What two ranks tell each other first.</summary>
/// <remarks>
/// <code>
///   request  magic (8) · SHA-256 of the job's uid (32) · attempt (4) · world size (4) · rank (4) · HMAC-SHA256 of all that (32)
///   answer   verdict (1) · HMAC-SHA256 of the request and the verdict (32)
/// </code>
/// The key is the group's token, which never travels; numbers are little-endian.
/// </remarks>
internal sealed class RingHandshake(RingIdentity identity)
{
    public const int RequestLength = SignedLength + SHA256.HashSizeInBytes;
    public const int AnswerLength = 1 + SHA256.HashSizeInBytes;

    private const int JobOffset = 8;
    private const int AttemptOffset = JobOffset + SHA256.HashSizeInBytes;
    private const int WorldSizeOffset = AttemptOffset + 4;
    private const int RankOffset = WorldSizeOffset + 4;
    private const int SignedLength = RankOffset + 4;
    private const byte Welcome = 1;
    private const byte Unwelcome = 0;

    private readonly byte[] _key = Encoding.UTF8.GetBytes(identity.Token);

    private static ReadOnlySpan<byte> Magic => "HRTHRNG1"u8;

    /// <summary>What this rank says of itself.</summary>
    public byte[] Request()
    {
        var request = new byte[RequestLength];
        Magic.CopyTo(request);
        SHA256.HashData(Encoding.UTF8.GetBytes(identity.Job), request.AsSpan(JobOffset));
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(AttemptOffset), identity.Attempt);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(WorldSizeOffset), identity.WorldSize);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(RankOffset), identity.Rank);
        HMACSHA256.HashData(_key, request.AsSpan(0, SignedLength), request.AsSpan(SignedLength));
        return request;
    }

    /// <summary>Whether a request comes from the previous rank of this group.</summary>
    public bool IsWelcome(ReadOnlySpan<byte> request)
    {
        Span<byte> mac = stackalloc byte[SHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, request[..SignedLength], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, request[SignedLength..]))
            return false;
        var expected = new RingHandshake(identity with { Rank = identity.Previous }).Request();
        return request[..SignedLength].SequenceEqual(expected.AsSpan(0, SignedLength));
    }

    /// <summary>The answer to a request.</summary>
    public byte[] Answer(ReadOnlySpan<byte> request, bool isWelcome)
    {
        var answer = new byte[AnswerLength];
        answer[0] = isWelcome ? Welcome : Unwelcome;
        Sign(request, answer);
        return answer;
    }

    /// <summary>Whether an answer to <paramref name="request"/> comes from a rank of this group and lets this one in.</summary>
    public bool IsAccepted(ReadOnlySpan<byte> request, ReadOnlySpan<byte> answer)
    {
        Span<byte> expected = stackalloc byte[AnswerLength];
        expected[0] = Welcome;
        Sign(request, expected);
        return CryptographicOperations.FixedTimeEquals(expected, answer);
    }

    private void Sign(ReadOnlySpan<byte> request, Span<byte> answer)
    {
        Span<byte> signed = stackalloc byte[RequestLength + 1];
        request.CopyTo(signed);
        signed[RequestLength] = answer[0];
        HMACSHA256.HashData(_key, signed, answer[1..]);
    }
}
