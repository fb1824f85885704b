// One value for every block of elements, in an order that only the block's length fixes; the host adds the blocks in order.

#define BLOCK 32768

KERNEL dot_blocks(ARRAY(float, x), ARRAY(float, y), ulong length, ARRAY(double, parts), ulong blocks)
{
    VIEW(float, x);
    VIEW(float, y);
    VIEW(double, parts);
    SHARED double scratch[GROUP];
    FOR_BLOCKS(block, blocks)
    {
        const ulong start = block * BLOCK;
        const ulong end = length - start < BLOCK ? length : start + BLOCK;
        double sum = 0.0;
        for (ulong i = start + ITEM; i < end; i += GROUP)
            sum = fma((double)x[i], (double)y[i], sum);
        sum = group_sum(scratch, sum);
        if (ITEM == 0)
            parts[block] = sum;
    }
}

// Magnitudes are compared by their bits: those of NaN are the largest.
KERNEL max_magnitude_blocks(ARRAY(uint, x), ulong length, ARRAY(uint, parts), ulong blocks)
{
    VIEW(uint, x);
    VIEW(uint, parts);
    SHARED uint scratch[GROUP];
    FOR_BLOCKS(block, blocks)
    {
        const ulong start = block * BLOCK;
        const ulong end = length - start < BLOCK ? length : start + BLOCK;
        uint maximum = 0;
        for (ulong i = start + ITEM; i < end; i += GROUP)
        {
            const uint magnitude = x[i] & 0x7fffffffu;
            maximum = magnitude > maximum ? magnitude : maximum;
        }
        maximum = group_max_bits(scratch, maximum);
        if (ITEM == 0)
            parts[block] = maximum;
    }
}

// Elements of SIZE bytes whose exponent, in the upper bytes, has every bit of EXPONENT set. Read by the byte: nothing need be aligned.
KERNEL count_exponent_blocks(ARRAY(uchar, x), ulong length, uint size, uint exponent, ARRAY(uint, parts), ulong blocks)
{
    VIEW(uchar, x);
    VIEW(uint, parts);
    SHARED uint scratch[GROUP];
    FOR_BLOCKS(block, blocks)
    {
        const ulong start = block * BLOCK;
        const ulong end = length - start < BLOCK ? length : start + BLOCK;
        uint count = 0;
        for (ulong i = start + ITEM; i < end; i += GROUP)
        {
            const ulong last = (i + 1) * size;
            const uint upper = (uint)x[last - 1] << 8 | x[last - 2];
            count += (upper & exponent) == exponent;
        }
        count = group_count(scratch, count);
        if (ITEM == 0)
            parts[block] = count;
    }
}

// Sums down every column, over blocks of rows.
KERNEL sum_rows_blocks(ARRAY(float, matrix), ulong rows, ulong columns, ulong rows_in_block, ARRAY(double, parts))
{
    VIEW(float, matrix);
    VIEW(double, parts);
    const ulong blocks = (rows + rows_in_block - 1) / rows_in_block;
    FOR_ELEMENTS(i, blocks * columns)
    {
        const ulong first = i / columns * rows_in_block;
        const ulong end = rows - first < rows_in_block ? rows : first + rows_in_block;
        double sum = 0.0;
        for (ulong row = first; row < end; row++)
            sum += matrix[row * columns + i % columns];
        parts[i] = sum;
    }
}

KERNEL sum_rows_end(ARRAY(double, parts), ulong blocks, ulong columns, ARRAY(float, row))
{
    VIEW(double, parts);
    VIEW(float, row);
    FOR_ELEMENTS(i, columns)
    {
        double sum = 0.0;
        for (ulong block = 0; block < blocks; block++)
            sum += parts[block * columns + i];
        row[i] = (float)sum;
    }
}
