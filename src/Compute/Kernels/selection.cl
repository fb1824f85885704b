// Selection by magnitude, whose bits are compared: those of NaN are the largest.

#define DIGITS 256
#define BLOCK 32768
#define ITEM_ELEMENTS 16
#define SELECT_BLOCK (GROUP * ITEM_ELEMENTS)
#define MAGNITUDE(bits) ((bits) & 0x7fffffffu)

// Counts elements by eight bits of their magnitude, those only whose higher bits are `prefix`. A row of counts for each group.
KERNEL count_digits(ARRAY(uint, x), ulong length, uint prefix, uint shift, ARRAY(uint, parts), ulong blocks)
{
    VIEW(uint, x);
    VIEW(uint, parts);
    SHARED uint counts[DIGITS];
    counts[ITEM] = 0;
    BARRIER();
    FOR_BLOCKS(block, blocks)
    {
        const ulong start = block * BLOCK;
        const ulong end = length - start < BLOCK ? length : start + BLOCK;
        for (ulong i = start + ITEM; i < end; i += GROUP)
        {
            // In 64 bits, because shifting by 32 is none.
            const ulong digits = (ulong)MAGNITUDE(x[i]) >> shift;
            if (digits >> 8 == prefix)
                LOCAL_INCREMENT(&counts[digits & (DIGITS - 1)]);
        }
    }
    BARRIER();
    parts[GROUP_INDEX * DIGITS + ITEM] = counts[ITEM];
}

// How many elements of each block are above the threshold, and how many equal it.
KERNEL count_taken(ARRAY(uint, x), ulong length, uint threshold, ARRAY(uint, counts), ulong blocks)
{
    VIEW(uint, x);
    VIEW(uint, counts);
    SHARED uint scratch[GROUP];
    FOR_BLOCKS(block, blocks)
    {
        const ulong start = block * SELECT_BLOCK;
        const ulong end = length - start < SELECT_BLOCK ? length : start + SELECT_BLOCK;
        uint above = 0;
        uint equal = 0;
        for (ulong i = start + ITEM; i < end; i += GROUP)
        {
            above += MAGNITUDE(x[i]) > threshold;
            equal += MAGNITUDE(x[i]) == threshold;
        }
        above = group_count(scratch, above);
        equal = group_count(scratch, equal);
        if (ITEM == 0)
        {
            counts[2 * block] = above;
            counts[2 * block + 1] = equal;
        }
    }
}

// Sum of the values of the items before this one. All items must come here.
FUNCTION uint group_sum_before(LOCAL uint* scratch, uint value)
{
    BARRIER();
    scratch[ITEM] = value;
    BARRIER();
    for (uint distance = 1; distance < GROUP; distance *= 2)
    {
        const uint before = ITEM >= distance ? scratch[ITEM - distance] : 0;
        BARRIER();
        scratch[ITEM] += before;
        BARRIER();
    }
    return scratch[ITEM] - value;
}

// Writes what is taken. `before` holds for each block how many elements before it are above the threshold, and how many equal it.
KERNEL select_taken(
    ARRAY(uint, x), ulong length, uint threshold, ulong ties, ARRAY(ulong, before), ARRAY(ulong, indices), ARRAY(uint, values), ulong blocks)
{
    VIEW(uint, x);
    VIEW(ulong, before);
    VIEW(ulong, indices);
    VIEW(uint, values);
    SHARED uint scratch[GROUP];
    FOR_BLOCKS(block, blocks)
    {
        // Neighbouring elements to one item, so that places follow the order of elements.
        const ulong block_start = block * SELECT_BLOCK + ITEM * ITEM_ELEMENTS;
        const ulong start = block_start < length ? block_start : length;
        const ulong end = length - start < ITEM_ELEMENTS ? length : start + ITEM_ELEMENTS;
        uint above = 0;
        uint equal = 0;
        for (ulong i = start; i < end; i++)
        {
            above += MAGNITUDE(x[i]) > threshold;
            equal += MAGNITUDE(x[i]) == threshold;
        }
        const ulong all_above = before[2 * block] + group_sum_before(scratch, above);
        ulong all_equal = before[2 * block + 1] + group_sum_before(scratch, equal);
        ulong place = all_above + (all_equal < ties ? all_equal : ties);
        for (ulong i = start; i < end; i++)
        {
            const uint magnitude = MAGNITUDE(x[i]);
            if (magnitude > threshold || (magnitude == threshold && all_equal++ < ties))
            {
                indices[place] = i;
                values[place++] = x[i];
            }
        }
    }
}
