// result = softmax(scale * queries * keys^T) * values for one query a group, a group's width of keys at a time, without ever holding
// all scores: sums so far are scaled down when a larger score comes (Milakov and Gimelshein, 2018).

KERNEL attention(
    ulong rows, ulong queries_in_head, ulong keys_in_head, ulong width, uint causal, float scale,
    ARRAY(float, queries), ARRAY(float, keys), ARRAY(float, values), ARRAY(float, result))
{
    VIEW(float, queries);
    VIEW(float, keys);
    VIEW(float, values);
    VIEW(float, result);
    SHARED float scores[GROUP];
    SHARED float maxima[GROUP];
    SHARED double sums[GROUP];
    FOR_BLOCKS(row, rows)
    {
        const ulong head = row / queries_in_head;
        const ulong seen = keys_in_head + row % queries_in_head + 1;
        const ulong visible = !causal ? keys_in_head : seen > queries_in_head ? seen - queries_in_head : 0;
        GLOBAL const float* query = queries + row * width;
        GLOBAL const float* head_keys = keys + head * keys_in_head * width;
        GLOBAL const float* head_values = values + head * keys_in_head * width;
        GLOBAL float* out = result + row * width;
        for (ulong i = ITEM; i < width; i += GROUP)
            out[i] = 0.0f;
        float maximum = -INFINITY;
        double total = 0.0;
        for (ulong start = 0; start < visible; start += GROUP)
        {
            const uint count = visible - start < GROUP ? (uint)(visible - start) : GROUP;
            float score = -INFINITY;
            if (ITEM < count)
            {
                GLOBAL const float* key = head_keys + (start + ITEM) * width;
                float product = 0.0f;
                for (ulong i = 0; i < width; i++)
                    product = fma(query[i], key[i], product);
                score = scale * product;
            }
            const float higher = group_max(maxima, score);
            const float largest = higher > maximum ? higher : maximum;
            const float weight = ITEM < count ? exp(score - largest) : 0.0f;
            // What was summed so far; nothing was before the first keys.
            const float kept = start == 0 ? 0.0f : exp(maximum - largest);
            scores[ITEM] = weight;
            total = total * kept + group_sum(sums, weight);
            maximum = largest;
            for (ulong i = ITEM; i < width; i += GROUP)
            {
                float sum = out[i] * kept;
                for (uint k = 0; k < count; k++)
                    sum = fma(scores[k], head_values[(start + k) * width + i], sum);
                out[i] = sum;
            }
            BARRIER();
        }
        for (ulong i = ITEM; i < width && visible > 0; i += GROUP)
            out[i] = (float)(out[i] / total);
    }
}
