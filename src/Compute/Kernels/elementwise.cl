// Kernels that treat elements alike. NaN stays NaN: comparisons are written so that it passes.

KERNEL scale(float factor, ARRAY(float, x), ulong length)
{
    VIEW(float, x);
    FOR_ELEMENTS(i, length)
        x[i] *= factor;
}

KERNEL axpy(float factor, ARRAY(float, x), ARRAY(float, y), ulong length)
{
    VIEW(float, x);
    VIEW(float, y);
    FOR_ELEMENTS(i, length)
        y[i] = fma(factor, x[i], y[i]);
}

KERNEL add(ARRAY(float, x), ARRAY(float, y), ARRAY(float, result), ulong length)
{
    VIEW(float, x);
    VIEW(float, y);
    VIEW(float, result);
    FOR_ELEMENTS(i, length)
        result[i] = x[i] + y[i];
}

KERNEL multiply(ARRAY(float, x), ARRAY(float, y), ARRAY(float, result), ulong length)
{
    VIEW(float, x);
    VIEW(float, y);
    VIEW(float, result);
    FOR_ELEMENTS(i, length)
        result[i] = x[i] * y[i];
}

KERNEL clamp_range(float minimum, float maximum, ARRAY(float, x), ulong length)
{
    VIEW(float, x);
    FOR_ELEMENTS(i, length)
        x[i] = x[i] < minimum ? minimum : x[i] > maximum ? maximum : x[i];
}

KERNEL relu(ARRAY(float, x), ARRAY(float, result), ulong length)
{
    VIEW(float, x);
    VIEW(float, result);
    FOR_ELEMENTS(i, length)
        result[i] = x[i] <= 0.0f ? 0.0f : x[i];
}

KERNEL relu_gradient(ARRAY(float, y), ARRAY(float, gradient), ARRAY(float, result), ulong length)
{
    VIEW(float, y);
    VIEW(float, gradient);
    VIEW(float, result);
    FOR_ELEMENTS(i, length)
        result[i] = y[i] <= 0.0f ? 0.0f : gradient[i];
}

KERNEL add_row(ARRAY(float, row), ulong columns, ARRAY(float, matrix), ulong length)
{
    VIEW(float, row);
    VIEW(float, matrix);
    FOR_ELEMENTS(i, length)
        matrix[i] += row[i % columns];
}

KERNEL narrow(double factor, ARRAY(double, source), ARRAY(float, target), ulong length)
{
    VIEW(double, source);
    VIEW(float, target);
    FOR_ELEMENTS(i, length)
        target[i] = (float)(source[i] * factor);
}
