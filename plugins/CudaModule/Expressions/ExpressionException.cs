namespace Camshaft.Plugins.CudaModules.Expressions;

/// <summary>An expression is none, or has no value for these shapes; the message says why.</summary>
internal sealed class ExpressionException(string message) : Exception(message);
