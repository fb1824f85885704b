using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Tests.Accelerators;

public abstract partial class AcceleratorConformance
{
    private const int Steps = 5;

    [DeviceTheory]
    [InlineData(1, 0, 0, false)]
    [InlineData(9, 0, 0.01f, false)]
    [InlineData(1000, 0.9f, 0, false)]
    [InlineData(32_769, 0.9f, 0.01f, true)]
    public void Sgd_SomeSteps_EqualTheReference(int length, float momentum, float weightDecay, bool nesterov)
    {
        var options = new SgdOptions(0.1f, momentum, weightDecay, nesterov);
        var start = Floats(length);
        var (parameters, velocity) = (View(start), View(new float[length]));
        var (x, v) = (start.Select(e => (double)e).ToArray(), new double[length]);
        var scale = start.Select(e => (double)Math.Abs(e)).ToArray();

        for (var step = 0; step < Steps; step++)
        {
            var gradients = Floats(length);
            Stream.Sgd(options, parameters, View(gradients), momentum == 0 ? default : velocity);
            for (var i = 0; i < length; i++)
            {
                var slope = gradients[i] + (weightDecay * x[i]);
                v[i] = (momentum * v[i]) + slope;
                x[i] -= 0.1f * (nesterov ? slope + (momentum * v[i]) : v[i]);
                scale[i] += Math.Abs(gradients[i]);
            }
        }

        AssertClose(i => x[i], i => scale[i], Read(parameters));
    }

    [DeviceTheory]
    [InlineData(1, 0)]
    [InlineData(9, 0.01f)]
    [InlineData(32_769, 0.01f)]
    public void Adam_SomeSteps_EqualTheReference(int length, float weightDecay)
    {
        var options = new AdamOptions(0.01f, WeightDecay: weightDecay);
        var start = Floats(length);
        var (parameters, mean, variance) = (View(start), View(new float[length]), View(new float[length]));
        var (x, m, v) = (start.Select(e => (double)e).ToArray(), new double[length], new double[length]);

        for (var step = 1; step <= Steps; step++)
        {
            var gradients = Floats(length);
            Stream.Adam(options, parameters, View(gradients), new AdamState(mean, variance, step));
            for (var i = 0; i < length; i++)
            {
                var slope = gradients[i] + (weightDecay * x[i]);
                m[i] = (options.Beta1 * m[i]) + ((1 - options.Beta1) * slope);
                v[i] = (options.Beta2 * v[i]) + ((1 - options.Beta2) * slope * slope);
                var (m1, v1) = (m[i] / (1 - Math.Pow(options.Beta1, step)), v[i] / (1 - Math.Pow(options.Beta2, step)));
                x[i] -= options.LearningRate * m1 / (Math.Sqrt(v1) + options.Epsilon);
            }
        }

        AssertClose(i => x[i], i => 0.1 + Math.Abs(x[i]), Read(parameters), 1e-5);
    }

    [DeviceTheory]
    [InlineData(1, ServerVariance.Adam)]
    [InlineData(9, ServerVariance.Yogi)]
    [InlineData(1000, ServerVariance.Adagrad)]
    [InlineData(32_769, ServerVariance.Yogi)]
    public void ServerStep_SomeSteps_EqualsTheReference(int length, ServerVariance rule)
    {
        var options = new ServerOptions(rule, 0.1f);
        var start = Floats(length);
        var tau = options.Tau * options.Tau;
        var (parameters, mean, variance) = (View(start), View(new float[length]), View(Enumerable.Repeat(tau, length).ToArray()));
        var (x, m, v) = (start.Select(e => (double)e).ToArray(), new double[length], Enumerable.Repeat((double)tau, length).ToArray());

        for (var step = 0; step < Steps; step++)
        {
            var changes = Floats(length);
            Stream.ServerStep(options, parameters, View(changes), mean, variance);
            for (var i = 0; i < length; i++)
            {
                var square = (double)changes[i] * changes[i];
                m[i] = (options.Beta1 * m[i]) + ((1 - options.Beta1) * changes[i]);
                v[i] = rule switch
                {
                    ServerVariance.Adagrad => v[i] + square,
                    ServerVariance.Adam => (options.Beta2 * v[i]) + ((1 - options.Beta2) * square),
                    _ => v[i] - ((1 - options.Beta2) * square * Math.Sign(v[i] - square)),
                };
                x[i] += options.LearningRate * m[i] / (Math.Sqrt(v[i]) + options.Tau);
            }
        }

        AssertClose(i => x[i], i => 0.1 + Math.Abs(x[i]), Read(parameters), 1e-5);
    }

    [DeviceFact]
    public void Sgd_MomentumWithoutVelocity_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Stream.Sgd(new SgdOptions(0.1f, 0.9f), View(new float[3]), View(new float[3])));

    [DeviceFact]
    public void Adam_StepZero_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Stream.Adam(new AdamOptions(0.1f), View(new float[3]), View(new float[3]), new AdamState(View(new float[3]), View(new float[3]), 0)));
}
