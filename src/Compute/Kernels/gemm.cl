// c = alpha * a * b + beta * c, row-major. A group computes a square tile of c, an item SIDE x SIDE elements of it in blocks of 4 x 4.
//
// SIDE  4 or 8: tiles of 64 or 128 rows and columns. Slices of the depth are as long as fills 1024 elements.
//
// While a slice is multiplied out of local memory, the next one is on its way into registers.

#define TILE (16 * SIDE)
#define DEPTH (1024 / TILE)
#define PARTS (1024 / GROUP)
// A row of a slice in local memory: padded, so that columns of it do not all lie in one bank.
#define LINE (TILE / 4 + 1)

// How an item loads its parts of a slice: neighbouring items take neighbouring elements, whichever way the matrix lies.
// `along` says whether it lies along the lines of the tile (rows of a, columns of b) rather than along the depth.
#define LINE_OF(along, part) ((along) ? ITEM % TILE : ITEM / DEPTH + (part) * (GROUP / DEPTH))
#define DEPTH_OF(along, part) ((along) ? ITEM / TILE + (part) * (GROUP / TILE) : ITEM % DEPTH)

// Outside of the matrix are zeros.
#define FETCH(x, along, first, lines, start, next) \
    _Pragma("unroll") \
    for (uint part = 0; part < PARTS; part++) \
    { \
        const ulong line = (first) + LINE_OF(along, part); \
        const ulong term = (start) + DEPTH_OF(along, part); \
        next[part] = line < (lines) && term < depth ? x[(along) ? term * (lines) + line : line * depth + term] : 0.0f; \
    }

#define KEEP(slice, along, next) \
    _Pragma("unroll") \
    for (uint part = 0; part < PARTS; part++) \
        ((LOCAL float*)slice[DEPTH_OF(along, part)])[LINE_OF(along, part)] = next[part];

#define TAKE(slice, place, elements) \
    _Pragma("unroll") \
    for (int i = 0; i < SIDE / 4; i++) \
    { \
        const float4 four = slice[k][place + 16 * i]; \
        elements[4 * i] = four.x; \
        elements[4 * i + 1] = four.y; \
        elements[4 * i + 2] = four.z; \
        elements[4 * i + 3] = four.w; \
    }

KERNEL gemm(
    ulong rows, ulong columns, ulong depth, uint transpose_a, uint transpose_b,
    float alpha, ARRAY(float, a), ARRAY(float, b), float beta, ARRAY(float, c))
{
    VIEW(float, a);
    VIEW(float, b);
    VIEW(float, c);
    SHARED float4 slice_a[DEPTH][LINE];
    SHARED float4 slice_b[DEPTH][LINE];
    const bool along_a = transpose_a != 0;
    const bool along_b = transpose_b == 0;
    const uint across = ITEM % 16;
    const uint down = ITEM / 16;
    const ulong tiles_across = (columns + TILE - 1) / TILE;
    const ulong tiles = (rows + TILE - 1) / TILE * tiles_across;
    FOR_BLOCKS(tile, tiles)
    {
        const ulong first_row = tile / tiles_across * TILE;
        const ulong first_column = tile % tiles_across * TILE;
        float next_a[PARTS];
        float next_b[PARTS];
        float sums[SIDE][SIDE];
#pragma unroll
        for (int i = 0; i < SIDE; i++)
        {
#pragma unroll
            for (int j = 0; j < SIDE; j++)
                sums[i][j] = 0.0f;
        }
        FETCH(a, along_a, first_row, rows, 0, next_a)
        FETCH(b, along_b, first_column, columns, 0, next_b)
        for (ulong start = 0; start < depth; start += DEPTH)
        {
            KEEP(slice_a, along_a, next_a)
            KEEP(slice_b, along_b, next_b)
            BARRIER();
            FETCH(a, along_a, first_row, rows, start + DEPTH, next_a)
            FETCH(b, along_b, first_column, columns, start + DEPTH, next_b)
#pragma unroll
            for (uint k = 0; k < DEPTH; k++)
            {
                float column[SIDE];
                float line[SIDE];
                TAKE(slice_a, down, column)
                TAKE(slice_b, across, line)
#pragma unroll
                for (int i = 0; i < SIDE; i++)
                {
#pragma unroll
                    for (int j = 0; j < SIDE; j++)
                        sums[i][j] = fma(column[i], line[j], sums[i][j]);
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
                const ulong row = first_row + 64 * (i / 4) + 4 * down + i % 4;
                const ulong column = first_column + 64 * (j / 4) + 4 * across + j % 4;
                if (row < rows && column < columns)
                {
                    GLOBAL float* element = c + row * columns + column;
                    *element = beta == 0.0f ? alpha * sums[i][j] : fma(beta, *element, alpha * sums[i][j]);
                }
            }
        }
    }
}
