using System.Reflection;
using Hearth.Compute.Tests.Accelerators;
using Xunit.Sdk;

namespace Hearth.GpuCheck;

/// <summary>Runs the conformance suite without a test host: what the attributes say, one object a case.</summary>
internal sealed class ConformanceRun(TextWriter output)
{
    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    /// <summary>Runs the suite of every device whose class's name begins so.</summary>
    public void Run(string device)
    {
        var suites = typeof(AcceleratorConformance).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(AcceleratorConformance)) && type.Name.StartsWith(device, StringComparison.OrdinalIgnoreCase));
        foreach (var suite in suites.OrderBy(type => type.Name, StringComparer.Ordinal))
            RunSuite(suite);
    }

    private void RunSuite(Type suite)
    {
        var cases = suite.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null).SelectMany(CasesOf).ToList();
        if (suite.GetProperty("SkipReason")?.GetValue(null) is string reason)
        {
            output.WriteLine($"{suite.Name}: {cases.Count} skipped: {reason}");
            Skipped += cases.Count;
            return;
        }
        var (passedBefore, failedBefore) = (Passed, Failed);
        foreach (var (method, arguments) in cases)
        {
            if (method.GetCustomAttribute<FactAttribute>()!.Skip is { } why)
                Skip(suite, method, why);
            else
                RunCase(suite, method, arguments);
        }
        output.WriteLine($"{suite.Name}: {Passed - passedBefore} passed, {Failed - failedBefore} failed");
    }

    private void Skip(Type suite, MethodInfo method, string why)
    {
        Skipped++;
        output.WriteLine($"skipped {suite.Name}.{method.Name}: {why}");
    }

    private void RunCase(Type suite, MethodInfo method, object[] arguments)
    {
        try
        {
            using var instance = (IDisposable)Activator.CreateInstance(suite)!;
            if (method.Invoke(instance, arguments) is Task task)
                task.GetAwaiter().GetResult();
            Passed++;
        }
        catch (Exception e)
        {
            Failed++;
            var cause = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
            output.WriteLine($"FAILED {suite.Name}.{method.Name}({string.Join(", ", arguments)}): {cause.GetType().Name}: {cause.Message}");
            output.WriteLine(string.Join('\n', (cause.StackTrace ?? "").Split('\n').Take(4)));
        }
    }

    private static IEnumerable<(MethodInfo Method, object[] Arguments)> CasesOf(MethodInfo method)
    {
        var data = method.GetCustomAttributes<DataAttribute>().ToList();
        return data.Count == 0 ? [(method, [])] : data.SelectMany(source => source.GetData(method)).Select(arguments => (method, arguments));
    }
}
