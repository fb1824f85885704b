// Steps of optimizers, element by element.

KERNEL sgd(ARRAY(float, parameters), ARRAY(float, gradients), ulong length, float learning_rate, float weight_decay)
{
    VIEW(float, parameters);
    VIEW(float, gradients);
    FOR_ELEMENTS(i, length)
        parameters[i] = fma(-learning_rate, fma(weight_decay, parameters[i], gradients[i]), parameters[i]);
}

KERNEL sgd_momentum(
    ARRAY(float, parameters), ARRAY(float, gradients), ARRAY(float, velocity), ulong length,
    float learning_rate, float weight_decay, float momentum, uint nesterov)
{
    VIEW(float, parameters);
    VIEW(float, gradients);
    VIEW(float, velocity);
    FOR_ELEMENTS(i, length)
    {
        const float slope = fma(weight_decay, parameters[i], gradients[i]);
        const float v = fma(momentum, velocity[i], slope);
        parameters[i] = fma(-learning_rate, nesterov ? fma(momentum, v, slope) : v, parameters[i]);
        velocity[i] = v;
    }
}

KERNEL adam(
    ARRAY(float, parameters), ARRAY(float, gradients), ARRAY(float, mean), ARRAY(float, variance), ulong length,
    float beta1, float beta2, float epsilon, float weight_decay, float rate, float root_factor)
{
    VIEW(float, parameters);
    VIEW(float, gradients);
    VIEW(float, mean);
    VIEW(float, variance);
    FOR_ELEMENTS(i, length)
    {
        const float slope = fma(weight_decay, parameters[i], gradients[i]);
        const float m = fma(1.0f - beta1, slope, mean[i] * beta1);
        const float v = fma(1.0f - beta2, slope * slope, variance[i] * beta2);
        parameters[i] = fma(-rate, m / fma(root_factor, sqrt(v), epsilon), parameters[i]);
        mean[i] = m;
        variance[i] = v;
    }
}

// variance_rule: 0 Adagrad, 1 Adam, 2 Yogi, as ServerVariance.
KERNEL server_step(
    ARRAY(float, parameters), ARRAY(float, changes), ARRAY(float, mean), ARRAY(float, variance), ulong length,
    uint variance_rule, float learning_rate, float beta1, float beta2, float tau)
{
    VIEW(float, parameters);
    VIEW(float, changes);
    VIEW(float, mean);
    VIEW(float, variance);
    FOR_ELEMENTS(i, length)
    {
        const float square = changes[i] * changes[i];
        const float m = fma(1.0f - beta1, changes[i], mean[i] * beta1);
        float v = variance[i];
        if (variance_rule == 0)
            v += square;
        else if (variance_rule == 1)
            v = fma(1.0f - beta2, square, v * beta2);
        else
            v = fma(1.0f - beta2, v > square ? -square : v == square ? 0.0f : square, v);
        parameters[i] = fma(learning_rate, m / (sqrt(v) + tau), parameters[i]);
        mean[i] = m;
        variance[i] = v;
    }
}
