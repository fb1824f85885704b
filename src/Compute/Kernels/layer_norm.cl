// Rows brought to mean 0 and variance 1, then scaled and shifted by column. A group takes a row; sums are 64-bit.

KERNEL layer_norm(
    float epsilon, ARRAY(float, gain), ARRAY(float, bias), ARRAY(float, x), ARRAY(float, result), ulong rows, ulong columns)
{
    VIEW(float, gain);
    VIEW(float, bias);
    VIEW(float, x);
    VIEW(float, result);
    SHARED double scratch[GROUP];
    FOR_BLOCKS(row, rows)
    {
        GLOBAL const float* in = x + row * columns;
        GLOBAL float* out = result + row * columns;
        double sum = 0.0;
        for (ulong i = ITEM; i < columns; i += GROUP)
            sum += in[i];
        const double mean = group_sum(scratch, sum) / columns;
        double squares = 0.0;
        for (ulong i = ITEM; i < columns; i += GROUP)
            squares = fma(in[i] - mean, in[i] - mean, squares);
        const double inverse = 1.0 / sqrt(group_sum(scratch, squares) / columns + epsilon);
        for (ulong i = ITEM; i < columns; i += GROUP)
            out[i] = fma((float)((in[i] - mean) * inverse), gain[i], bias[i]);
    }
}
