// Softmax of rows, or its logarithm. Short rows take an item each, long ones a group.

KERNEL softmax_short(ARRAY(float, x), ARRAY(float, result), ulong rows, ulong columns, uint logarithm)
{
    VIEW(float, x);
    VIEW(float, result);
    FOR_ELEMENTS(row, rows)
    {
        GLOBAL const float* in = x + row * columns;
        GLOBAL float* out = result + row * columns;
        float maximum = in[0];
        for (ulong i = 1; i < columns; i++)
            maximum = in[i] > maximum ? in[i] : maximum;
        double sum = 0.0;
        for (ulong i = 0; i < columns; i++)
            sum += exp(in[i] - maximum);
        const float total = logarithm ? (float)log(sum) : (float)sum;
        for (ulong i = 0; i < columns; i++)
            out[i] = logarithm ? in[i] - maximum - total : exp(in[i] - maximum) / total;
    }
}

KERNEL softmax_long(ARRAY(float, x), ARRAY(float, result), ulong rows, ulong columns, uint logarithm)
{
    VIEW(float, x);
    VIEW(float, result);
    SHARED float maxima[GROUP];
    SHARED double sums[GROUP];
    FOR_BLOCKS(row, rows)
    {
        GLOBAL const float* in = x + row * columns;
        GLOBAL float* out = result + row * columns;
        float maximum = in[0];
        for (ulong i = ITEM; i < columns; i += GROUP)
            maximum = in[i] > maximum ? in[i] : maximum;
        maximum = group_max(maxima, maximum);
        double sum = 0.0;
        for (ulong i = ITEM; i < columns; i += GROUP)
            sum += exp(in[i] - maximum);
        sum = group_sum(sums, sum);
        const float total = logarithm ? (float)log(sum) : (float)sum;
        for (ulong i = ITEM; i < columns; i += GROUP)
            out[i] = logarithm ? in[i] - maximum - total : exp(in[i] - maximum) / total;
    }
}
