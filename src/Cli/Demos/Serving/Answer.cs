namespace Hearth.Cli.Demos.Serving;

/// <summary>A function's answer to one request.</summary>
/// <param name="FirstByte">From sending the request to the first byte of the answer.</param>
/// <param name="ColdStart">Where the time went when the request waited for a worker; null for a warm one.</param>
/// <param name="Body">The answer as it came.</param>
/// <param name="JsonLength">Length of the body's JSON part when tensors follow as bytes; null when all of it is JSON.</param>
internal sealed record Answer(TimeSpan FirstByte, ColdStartTiming? ColdStart, byte[] Body, int? JsonLength)
{
    /// <summary>The outputs.</summary>
    public IReadOnlyList<Tensor> ReadOutputs() => ProtocolV2.ReadAnswer(Body, JsonLength);
}
