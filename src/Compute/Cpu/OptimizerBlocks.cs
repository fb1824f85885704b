using System.Runtime.Intrinsics;
using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <summary>Optimizer steps for a block of elements. The last elements go through full vectors beside the memory, so each formula stands once.</summary>
internal static unsafe class OptimizerBlocks
{
    private const int Lanes = 8;

    public static void Sgd(SgdOptions options, float* parameters, float* gradients, int length)
    {
        var i = 0;
        for (; i <= length - Lanes; i += Lanes)
            Sgd(options, parameters + i, gradients + i);
        if (i == length)
            return;
        var rest = stackalloc float[2 * Lanes];
        Copy(parameters + i, rest, length - i);
        Copy(gradients + i, rest + Lanes, length - i);
        Sgd(options, rest, rest + Lanes);
        Copy(rest, parameters + i, length - i);
    }

    public static void Sgd(SgdOptions options, float* parameters, float* gradients, float* velocity, int length)
    {
        var i = 0;
        for (; i <= length - Lanes; i += Lanes)
            Sgd(options, parameters + i, gradients + i, velocity + i);
        if (i == length)
            return;
        var rest = stackalloc float[3 * Lanes];
        Copy(parameters + i, rest, length - i);
        Copy(gradients + i, rest + Lanes, length - i);
        Copy(velocity + i, rest + (2 * Lanes), length - i);
        Sgd(options, rest, rest + Lanes, rest + (2 * Lanes));
        Copy(rest, parameters + i, length - i);
        Copy(rest + (2 * Lanes), velocity + i, length - i);
    }

    public static void Adam(in AdamFactors factors, float* parameters, float* gradients, float* mean, float* variance, int length)
    {
        var i = 0;
        for (; i <= length - Lanes; i += Lanes)
            Adam(factors, parameters + i, gradients + i, mean + i, variance + i);
        if (i == length)
            return;
        var rest = stackalloc float[4 * Lanes];
        Copy(parameters + i, rest, length - i);
        Copy(gradients + i, rest + Lanes, length - i);
        Copy(mean + i, rest + (2 * Lanes), length - i);
        Copy(variance + i, rest + (3 * Lanes), length - i);
        Adam(factors, rest, rest + Lanes, rest + (2 * Lanes), rest + (3 * Lanes));
        Copy(rest, parameters + i, length - i);
        Copy(rest + (2 * Lanes), mean + i, length - i);
        Copy(rest + (3 * Lanes), variance + i, length - i);
    }

    public static void ServerStep(in ServerOptions options, float* parameters, float* changes, float* mean, float* variance, int length)
    {
        var i = 0;
        for (; i <= length - Lanes; i += Lanes)
            ServerStep(options, parameters + i, changes + i, mean + i, variance + i);
        if (i == length)
            return;
        var rest = stackalloc float[4 * Lanes];
        Copy(parameters + i, rest, length - i);
        Copy(changes + i, rest + Lanes, length - i);
        Copy(mean + i, rest + (2 * Lanes), length - i);
        Copy(variance + i, rest + (3 * Lanes), length - i);
        ServerStep(options, rest, rest + Lanes, rest + (2 * Lanes), rest + (3 * Lanes));
        Copy(rest, parameters + i, length - i);
        Copy(rest + (2 * Lanes), mean + i, length - i);
        Copy(rest + (3 * Lanes), variance + i, length - i);
    }

    private static void Sgd(in SgdOptions options, float* parameters, float* gradients)
    {
        var x = Vector256.Load(parameters);
        var slope = Slope(options.WeightDecay, x, gradients);
        Vector256.FusedMultiplyAdd(Vector256.Create(-options.LearningRate), slope, x).Store(parameters);
    }

    private static void Sgd(in SgdOptions options, float* parameters, float* gradients, float* velocity)
    {
        var x = Vector256.Load(parameters);
        var slope = Slope(options.WeightDecay, x, gradients);
        var momentum = Vector256.Create(options.Momentum);
        var v = Vector256.FusedMultiplyAdd(momentum, Vector256.Load(velocity), slope);
        var direction = options.Nesterov ? Vector256.FusedMultiplyAdd(momentum, v, slope) : v;
        Vector256.FusedMultiplyAdd(Vector256.Create(-options.LearningRate), direction, x).Store(parameters);
        v.Store(velocity);
    }

    private static void Adam(in AdamFactors factors, float* parameters, float* gradients, float* mean, float* variance)
    {
        var x = Vector256.Load(parameters);
        var slope = Slope(factors.WeightDecay, x, gradients);
        var m = Vector256.FusedMultiplyAdd(Vector256.Create(1 - factors.Beta1), slope, Vector256.Load(mean) * factors.Beta1);
        var v = Vector256.FusedMultiplyAdd(Vector256.Create(1 - factors.Beta2), slope * slope, Vector256.Load(variance) * factors.Beta2);
        var root = Vector256.FusedMultiplyAdd(Vector256.Create(factors.RootFactor), Vector256.Sqrt(v), Vector256.Create(factors.Epsilon));
        Vector256.FusedMultiplyAdd(Vector256.Create(-factors.Rate), m / root, x).Store(parameters);
        m.Store(mean);
        v.Store(variance);
    }

    private static void ServerStep(in ServerOptions options, float* parameters, float* changes, float* mean, float* variance)
    {
        var change = Vector256.Load(changes);
        var square = change * change;
        var m = Vector256.FusedMultiplyAdd(Vector256.Create(1 - options.Beta1), change, Vector256.Load(mean) * options.Beta1);
        var v = Vector256.Load(variance);
        var kept = Vector256.Create(1 - options.Beta2);
        // Where the variance equals the square, the sign that Yogi takes is 0.
        var towards = Vector256.ConditionalSelect(Vector256.GreaterThan(v, square), -square, square)
            & ~Vector256.Equals(v, square);
        v = options.Variance switch
        {
            ServerVariance.Adagrad => v + square,
            ServerVariance.Adam => Vector256.FusedMultiplyAdd(kept, square, v * options.Beta2),
            _ => Vector256.FusedMultiplyAdd(kept, towards, v),
        };
        var step = m / (Vector256.Sqrt(v) + Vector256.Create(options.Tau));
        Vector256.FusedMultiplyAdd(Vector256.Create(options.LearningRate), step, Vector256.Load(parameters)).Store(parameters);
        m.Store(mean);
        v.Store(variance);
    }

    private static Vector256<float> Slope(float weightDecay, Vector256<float> parameters, float* gradients) =>
        Vector256.FusedMultiplyAdd(Vector256.Create(weightDecay), parameters, Vector256.Load(gradients));

    private static void Copy(float* source, float* target, int length) =>
        new ReadOnlySpan<float>(source, length).CopyTo(new Span<float>(target, length));
}
