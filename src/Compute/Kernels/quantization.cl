// 8-bit integers for floats, the same bits on every device.

// A number in [0, 1) of 24 bits, by splitmix64.
FUNCTION float draw(ulong seed, ulong index)
{
    ulong z = seed + (index + 1) * 0x9e3779b97f4a7c15ul;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ul;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebul;
    return (float)(uint)((z ^ (z >> 31)) >> 40) * 5.9604644775390625e-8f;
}

KERNEL quantize(float inverse_scale, uint stochastic, ulong seed, ARRAY(float, x), ARRAY(char, result), ulong length)
{
    VIEW(float, x);
    VIEW(char, result);
    FOR_ELEMENTS(i, length)
    {
        const float rounded = stochastic ? floor(fma(x[i], inverse_scale, draw(seed, i))) : rint(x[i] * inverse_scale);
        // Written so that NaN goes the last way.
        const float limited = rounded > 127.0f ? 127.0f : rounded < -127.0f ? -127.0f : rounded == rounded ? rounded : 0.0f;
        result[i] = (char)(int)limited;
    }
}

KERNEL dequantize(float scale, ARRAY(uchar, x), ARRAY(float, result), ulong length)
{
    VIEW(uchar, x);
    VIEW(float, result);
    FOR_ELEMENTS(i, length)
        result[i] = scale * (float)(signed char)x[i];
}
