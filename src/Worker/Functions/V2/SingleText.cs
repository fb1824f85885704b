namespace Hearth.Worker.Functions.V2;

/// <summary>Reads the numbers of a JSON text as float32, several times faster than the general parser where they are as short as float32 is written.</summary>
/// <remarks>
/// Clinger's fast path ("How to read floating point numbers accurately", 1990): up to 15 digits and a power of ten up to 22 are exact as float64, so that one
/// multiplication or division rounds correctly to float64. Rounding that again to float32 is right unless the float64 lies just between two of
/// them, where the first rounding may have hidden on which side the number is.
/// </remarks>
internal static class SingleText
{
    private const int MaxDigits = 15;

    // The bits of a float64's fraction that a float32 has not, and their value half way between two float32.
    private const long ExtraBits = (1L << 29) - 1;
    private const long HalfWay = 1L << 28;

    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>Reads a number; false where it takes the general parser, which is then to be asked.</summary>
    /// <param name="text">A number by JSON's grammar.</param>
    /// <param name="value">The nearest float32.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, out float value)
    {
        value = 0;
        var i = 0;
        var isNegative = text.Length > 0 && text[0] == '-';
        if (isNegative)
            i++;
        var (digits, count, exponent, isFraction) = (0L, 0, 0, false);
        for (; i < text.Length; i++)
        {
            var digit = (uint)(text[i] - '0');
            if (digit <= 9)
            {
                digits = (digits * 10) + digit;
                // Zeros in front are none of the digits that count.
                if (digits != 0 && ++count > MaxDigits)
                    return false;
                if (isFraction)
                    exponent--;
            }
            else if (text[i] == '.')
            {
                isFraction = true;
            }
            else
            {
                break;
            }
        }
        return TryAddExponent(text[i..], ref exponent) && TryScale(digits, exponent, isNegative, out value);
    }

    private static bool TryAddExponent(ReadOnlySpan<byte> text, ref int exponent)
    {
        if (text.IsEmpty)
            return true;
        // e5, E-7, e+10: one or two digits are as many as the powers have.
        var sign = text.Length > 1 && text[1] == '-' ? -1 : 1;
        var given = text[(text.Length > 1 && text[1] is (byte)'-' or (byte)'+' ? 2 : 1)..];
        if (given.Length is < 1 or > 2)
            return false;
        var power = 0;
        foreach (var digit in given)
            power = (power * 10) + (digit - '0');
        exponent += sign * power;
        return true;
    }

    private static bool TryScale(long digits, int exponent, bool isNegative, out float value)
    {
        value = 0;
        if (Math.Abs(exponent) >= PowersOfTen.Length)
            return false;
        var exact = exponent < 0 ? digits / PowersOfTen[-exponent] : digits * PowersOfTen[exponent];
        var isNormal = exact is >= 1.17549435E-38 and <= float.MaxValue || exact == 0;
        if (!isNormal || (BitConverter.DoubleToInt64Bits(exact) & ExtraBits) == HalfWay)
            return false;
        value = (float)(isNegative ? -exact : exact);
        return true;
    }
}
