// sums += weight * input for up to eight inputs, term by term in their order, in one pass over the sums.
//
// SUM        float or double: type of sums and weights
// COUNT      inputs to fold; the arguments behind them are not looked at
// TYPES      types of the inputs, four bits each, the first lowest; `types` (the argument) where they differ
// ALIGNMENT  of every array: 2 = four elements, 1 = an element, 0 = a byte (inputs only)
//
// UNROLL     places that an item takes at once
//
// An item takes four neighbouring elements at UNROLL places a group apart: loads of neighbouring items follow one another, and
// UNROLL of them for each input are under way at once.

#define BLOCK (4 * GROUP * UNROLL)

#if ALIGNMENT > 0
#define READ16(x, i) ((uint)((GLOBAL const ushort*)(x))[i])
#define READ32(x, i) (((GLOBAL const uint*)(x))[i])
#define READ64(x, i) (((GLOBAL const ulong*)(x))[i])
#else
#define READ16(x, i) ((uint)(x)[2 * (i)] | (uint)(x)[2 * (i) + 1] << 8)
#define READ32(x, i) (READ16(x, 2 * (i)) | READ16(x, 2 * (i) + 1) << 16)
#define READ64(x, i) ((ulong)READ32(x, 2 * (i)) | (ulong)READ32(x, 2 * (i) + 1) << 32)
#endif

FUNCTION SUM load(GLOBAL const uchar* x, uint type, ulong i)
{
    switch (type)
    {
        case TYPE_F32: return as_float(READ32(x, i));
        case TYPE_F16: return half_to_float(READ16(x, i));
        case TYPE_BF16: return bfloat_to_float(READ16(x, i));
        case TYPE_I8: return (float)(signed char)x[i];
        default: return (SUM)as_double(READ64(x, i));
    }
}

FUNCTION void load4(GLOBAL const uchar* x, uint type, ulong i, SUM* values)
{
#if ALIGNMENT == 2
    if (type == TYPE_F32)
    {
        const uint4 bits = *(GLOBAL const uint4*)(x + 4 * i);
        values[0] = as_float(bits.x);
        values[1] = as_float(bits.y);
        values[2] = as_float(bits.z);
        values[3] = as_float(bits.w);
    }
    else if (type == TYPE_F16 || type == TYPE_BF16)
    {
        const uint2 bits = *(GLOBAL const uint2*)(x + 2 * i);
        const uint words[4] = {bits.x & 0xffffu, bits.x >> 16, bits.y & 0xffffu, bits.y >> 16};
        for (int j = 0; j < 4; j++)
            values[j] = type == TYPE_F16 ? half_to_float(words[j]) : bfloat_to_float(words[j]);
    }
    else if (type == TYPE_I8)
    {
        const uint bits = *(GLOBAL const uint*)(x + i);
        for (int j = 0; j < 4; j++)
            values[j] = (float)(signed char)(bits >> (8 * j));
    }
    else
    {
        const ulong2 lower = *(GLOBAL const ulong2*)(x + 8 * i);
        const ulong2 upper = *(GLOBAL const ulong2*)(x + 8 * i + 16);
        values[0] = (SUM)as_double(lower.x);
        values[1] = (SUM)as_double(lower.y);
        values[2] = (SUM)as_double(upper.x);
        values[3] = (SUM)as_double(upper.y);
    }
#else
    for (int j = 0; j < 4; j++)
        values[j] = load(x, type, i + j);
#endif
}

#define TYPE_OF(k) ((TYPES >> (4 * k)) & 15u)

#define FOLD_BLOCK(k) \
    if (COUNT > k) \
    { \
        SUM values[UNROLL][4]; \
        _Pragma("unroll") \
        for (int u = 0; u < UNROLL; u++) \
            load4(x##k, TYPE_OF(k), i + u * 4 * GROUP, values[u]); \
        _Pragma("unroll") \
        for (int u = 0; u < UNROLL; u++) \
        { \
            _Pragma("unroll") \
            for (int j = 0; j < 4; j++) \
                total[u][j] = fma(w##k, values[u][j], total[u][j]); \
        } \
    }

#define FOLD_ONE(k) \
    if (COUNT > k) \
        total = fma(w##k, load(x##k, TYPE_OF(k), i), total);

#define INPUT(k) ARRAY(uchar, x##k), SUM w##k
#define INPUT_VIEW(k) VIEW(uchar, x##k)
#define ALL(what) what(0) what(1) what(2) what(3) what(4) what(5) what(6) what(7)

KERNEL fold(
    ARRAY(SUM, sums), ulong length, uint types,
    INPUT(0), INPUT(1), INPUT(2), INPUT(3), INPUT(4), INPUT(5), INPUT(6), INPUT(7))
{
    VIEW(SUM, sums);
    INPUT_VIEW(0); INPUT_VIEW(1); INPUT_VIEW(2); INPUT_VIEW(3);
    INPUT_VIEW(4); INPUT_VIEW(5); INPUT_VIEW(6); INPUT_VIEW(7);
    const ulong blocks = length / BLOCK;
    FOR_BLOCKS(block, blocks)
    {
        const ulong i = block * BLOCK + 4 * ITEM;
        SUM total[UNROLL][4];
#pragma unroll
        for (int u = 0; u < UNROLL; u++)
        {
#if ALIGNMENT == 2
            const SUM4 four = *(GLOBAL const SUM4*)(sums + i + u * 4 * GROUP);
            total[u][0] = four.x;
            total[u][1] = four.y;
            total[u][2] = four.z;
            total[u][3] = four.w;
#else
            for (int j = 0; j < 4; j++)
                total[u][j] = sums[i + u * 4 * GROUP + j];
#endif
        }
        ALL(FOLD_BLOCK)
#pragma unroll
        for (int u = 0; u < UNROLL; u++)
        {
#if ALIGNMENT == 2
            SUM4 four;
            four.x = total[u][0];
            four.y = total[u][1];
            four.z = total[u][2];
            four.w = total[u][3];
            *(GLOBAL SUM4*)(sums + i + u * 4 * GROUP) = four;
#else
            for (int j = 0; j < 4; j++)
                sums[i + u * 4 * GROUP + j] = total[u][j];
#endif
        }
    }
    // The elements behind the last whole block, one an item.
    for (ulong i = blocks * BLOCK + GROUP_INDEX * GROUP + ITEM; i < length; i += GROUPS * GROUP)
    {
        SUM total = sums[i];
        ALL(FOLD_ONE)
        sums[i] = total;
    }
}
