namespace Camshaft.Engine.Repository;

/// <summary>A configuration file is not what it should be. The message begins with line and column: <c>3:1: …</c>.</summary>
/// <param name="line">The line, from 1.</param>
/// <param name="column">The column, from 1.</param>
/// <param name="message">What was met and what was expected.</param>
internal sealed class ConfigurationFormatException(long line, long column, string message) : Exception($"{line}:{column}: {message}");
