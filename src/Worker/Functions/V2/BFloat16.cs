namespace Hearth.Worker.Functions.V2;

/// <summary>Brain floating point: the upper half of a float.</summary>
internal static class BFloat16
{
    /// <summary>Rounds to the nearest, ties to even; false when a finite value becomes infinite.</summary>
    public static bool TryFromSingle(float value, out ushort bits)
    {
        var single = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
        {
            // A quiet bit, since the payload may lie in the half that is dropped.
            bits = (ushort)((single >> 16) | 0x40);
            return true;
        }
        bits = (ushort)((single + 0x7FFF + ((single >> 16) & 1)) >> 16);
        return float.IsInfinity(value) || float.IsFinite(ToSingle(bits));
    }

    /// <summary>The float of the same value.</summary>
    public static float ToSingle(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
