using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Hearth.Transport.Shares;

namespace Hearth.Transport.Streaming;

/// <summary>What the two ends of a transfer say first, and the key for what follows.</summary>
/// <remarks>
/// <code>
///   server  challenge  magic (8) · nonce (32)
///   client  request    nonce (32) · bytes of owner (1) · bytes of name (1) · owner (200) · name (200) · MAC of challenge and all that (32)
///   server  answer     verdict (1) · length (8) · version (16) · MAC of challenge, request and all that (32)
/// </code>
/// MACs are HMAC-SHA256 under the token. The server's nonce keeps an old request from being played again, the client's an old answer. Payload is not secret.
/// </remarks>
internal sealed class StreamingHandshake
{
    public const int ChallengeLength = 8 + NonceLength;
    public const int RequestLength = RequestSigned + MacLength;
    public const int AnswerLength = AnswerSigned + MacLength;
    public const int MacLength = HMACSHA256.HashSizeInBytes;

    private const int NonceLength = 32;
    private const int NamesOffset = NonceLength + 2;
    private const int RequestSigned = NamesOffset + (2 * ShareNames.MaxLength);
    private const int AnswerSigned = 1 + sizeof(long) + ObjectVersion.Length;

    private readonly byte[] _token;
    private readonly byte[] _challenge;
    private byte[] _request = [];

    /// <summary>Starts from a challenge.</summary>
    public StreamingHandshake(string token, byte[] challenge)
    {
        _token = Encoding.UTF8.GetBytes(token);
        _challenge = challenge;
    }

    private static ReadOnlySpan<byte> Magic => "HRTHSTR1"u8;

    /// <summary>A challenge that was never used before.</summary>
    public static byte[] NewChallenge() => [.. Magic, .. RandomNumberGenerator.GetBytes(NonceLength)];

    /// <summary>Whether bytes of any origin are a challenge.</summary>
    public static bool IsChallenge(ReadOnlySpan<byte> challenge) => challenge[..Magic.Length].SequenceEqual(Magic);

    /// <summary>Asks for an object.</summary>
    public byte[] Request(string owner, string name)
    {
        _request = new byte[RequestLength];
        RandomNumberGenerator.Fill(_request.AsSpan(0, NonceLength));
        _request[NonceLength] = (byte)Encoding.ASCII.GetBytes(owner, _request.AsSpan(NamesOffset));
        _request[NonceLength + 1] = (byte)Encoding.ASCII.GetBytes(name, _request.AsSpan(NamesOffset + ShareNames.MaxLength));
        Sign(_request.AsSpan(0, RequestSigned)).CopyTo(_request.AsSpan(RequestSigned));
        return _request;
    }

    /// <summary>What a request asks for; null unless it comes from one who knows the token.</summary>
    public (string Owner, string Name)? Read(byte[] request)
    {
        if (!CryptographicOperations.FixedTimeEquals(Sign(request.AsSpan(0, RequestSigned)), request.AsSpan(RequestSigned)))
            return null;
        var (owner, name) = (request[NonceLength], request[NonceLength + 1]);
        if (owner > ShareNames.MaxLength || name > ShareNames.MaxLength)
            return null;
        _request = request;
        return (Encoding.ASCII.GetString(request, NamesOffset, owner), Encoding.ASCII.GetString(request, NamesOffset + ShareNames.MaxLength, name));
    }

    /// <summary>The answer to a request; to one that was not understood, a signature of nothing.</summary>
    public byte[] Answer(StreamingVerdict verdict, long length, ObjectVersion version)
    {
        var answer = new byte[AnswerLength];
        answer[0] = (byte)verdict;
        BinaryPrimitives.WriteInt64LittleEndian(answer.AsSpan(1), length);
        version.Write(answer.AsSpan(1 + sizeof(long)));
        if (verdict != StreamingVerdict.TurnedAway)
            Sign([.. _request, .. answer.AsSpan(0, AnswerSigned)]).CopyTo(answer.AsSpan(AnswerSigned));
        return answer;
    }

    /// <summary>What an answer says; turned away, too, when it does not come from one who knows the token.</summary>
    public (StreamingVerdict Verdict, long Length, ObjectVersion Version) ReadAnswer(ReadOnlySpan<byte> answer)
    {
        var isGenuine = CryptographicOperations.FixedTimeEquals(Sign([.. _request, .. answer[..AnswerSigned]]), answer[AnswerSigned..]);
        return (
            isGenuine ? (StreamingVerdict)answer[0] : StreamingVerdict.TurnedAway, BinaryPrimitives.ReadInt64LittleEndian(answer[1..]),
            ObjectVersion.Read(answer[(1 + sizeof(long))..]));
    }

    /// <summary>The key of this transfer's chunks.</summary>
    public byte[] ChunkKey() => Sign([.. "chunks"u8, .. _request.AsSpan(0, NonceLength)]);

    private byte[] Sign(ReadOnlySpan<byte> content)
    {
        byte[] signed = [.. _challenge, .. content];
        return HMACSHA256.HashData(_token, signed);
    }
}
