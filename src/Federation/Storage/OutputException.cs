namespace Hearth.Federation.Storage;

/// <summary>The output directory cannot be this federation's: it is another's, or damaged.</summary>
/// <param name="message">What was found there, and what to do.</param>
/// <param name="innerException">What reading it said.</param>
public sealed class OutputException(string message, Exception? innerException = null) : Exception(message, innerException);
