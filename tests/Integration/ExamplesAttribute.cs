using System.Reflection;
using Xunit.Sdk;

namespace Hearth.Integration.Tests;

/// <summary>The folders below <c>examples</c> that have a README, by their paths in there; those that need NumPy, or the others.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ExamplesAttribute : DataAttribute
{
    /// <summary>Where Debian has its Python, which knows of <c>python3-numpy</c>.</summary>
    public const string PythonFolder = "/usr/bin";

    private readonly bool _needNumPy;

    public ExamplesAttribute(bool needNumPy)
    {
        _needNumPy = needNumPy;
        if (needNumPy && !Directory.Exists("/usr/lib/python3/dist-packages/numpy"))
            Skip = "python3-numpy is not on this machine.";
    }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod)
    {
        var root = Path.Combine(Cluster.Repository, "examples");
        return from readme in Directory.GetFiles(root, "README.md", SearchOption.AllDirectories)
               let folder = Path.GetRelativePath(root, Path.GetDirectoryName(readme)!)
               where folder != "." && File.ReadAllText(readme).Contains("NumPy is needed", StringComparison.Ordinal) == _needNumPy
               orderby folder
               select new object[] { folder };
    }
}
