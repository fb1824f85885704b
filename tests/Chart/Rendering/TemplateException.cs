namespace Hearth.Chart.Tests.Rendering;

/// <summary>A template is not in the subset, or does not render with the values at hand.</summary>
internal sealed class TemplateException(string message) : Exception(message);
