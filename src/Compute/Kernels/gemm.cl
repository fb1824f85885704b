// c = alpha * a * b + beta * c, row-major. A group computes a square tile of c, an item SIDE x SIDE elements 16 apart.
//
// SIDE  4 or 8: tiles of 64 or 128 rows and columns. Slices of the depth are as long as fills 1024 elements.

#define TILE (16 * SIDE)
#define DEPTH (1024 / TILE)

KERNEL gemm(
    ulong rows, ulong columns, ulong depth, uint transpose_a, uint transpose_b,
    float alpha, ARRAY(float, a), ARRAY(float, b), float beta, ARRAY(float, c))
{
    VIEW(float, a);
    VIEW(float, b);
    VIEW(float, c);
    SHARED float slice_a[DEPTH][TILE];
    SHARED float slice_b[DEPTH][TILE];
    const uint across = ITEM % 16;
    const uint down = ITEM / 16;
    const ulong tiles_across = (columns + TILE - 1) / TILE;
    const ulong tiles = (rows + TILE - 1) / TILE * tiles_across;
    FOR_BLOCKS(tile, tiles)
    {
        const ulong first_row = tile / tiles_across * TILE;
        const ulong first_column = tile % tiles_across * TILE;
        float sums[SIDE][SIDE];
#pragma unroll
        for (int i = 0; i < SIDE; i++)
        {
#pragma unroll
            for (int j = 0; j < SIDE; j++)
                sums[i][j] = 0.0f;
        }
        for (ulong start = 0; start < depth; start += DEPTH)
        {
            // Neighbouring items load neighbouring elements, whichever way the matrix lies. Outside of it are zeros.
#pragma unroll
            for (uint part = 0; part < 1024; part += GROUP)
            {
                const uint place = part + ITEM;
                const uint line_a = transpose_a ? place % TILE : place / DEPTH;
                const uint depth_a = transpose_a ? place / TILE : place % DEPTH;
                const ulong row = first_row + line_a;
                const ulong term_a = start + depth_a;
                slice_a[depth_a][line_a] =
                    row < rows && term_a < depth ? a[transpose_a ? term_a * rows + row : row * depth + term_a] : 0.0f;
                const uint line_b = transpose_b ? place / DEPTH : place % TILE;
                const uint depth_b = transpose_b ? place % DEPTH : place / TILE;
                const ulong column = first_column + line_b;
                const ulong term_b = start + depth_b;
                slice_b[depth_b][line_b] =
                    column < columns && term_b < depth ? b[transpose_b ? column * depth + term_b : term_b * columns + column] : 0.0f;
            }
            BARRIER();
#pragma unroll
            for (uint k = 0; k < DEPTH; k++)
            {
                float line[SIDE];
#pragma unroll
                for (int j = 0; j < SIDE; j++)
                    line[j] = slice_b[k][across + 16 * j];
#pragma unroll
                for (int i = 0; i < SIDE; i++)
                {
                    const float element = slice_a[k][down + 16 * i];
#pragma unroll
                    for (int j = 0; j < SIDE; j++)
                        sums[i][j] = fma(element, line[j], sums[i][j]);
                }
            }
            BARRIER();
        }
#pragma unroll
        for (int i = 0; i < SIDE; i++)
        {
#pragma unroll
            for (int j = 0; j < SIDE; j++)
            {
                const ulong row = first_row + down + 16 * i;
                const ulong column = first_column + across + 16 * j;
                if (row < rows && column < columns)
                {
                    GLOBAL float* element = c + row * columns + column;
                    *element = beta == 0.0f ? alpha * sums[i][j] : fma(beta, *element, alpha * sums[i][j]);
                }
            }
        }
    }
}
