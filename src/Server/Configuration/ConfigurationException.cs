namespace Camshaft.Server.Configuration;

/// <summary>The server cannot start as it is told to. The message is for the person who told it.</summary>
internal sealed class ConfigurationException(string message, Exception? innerException = null) : Exception(message, innerException);
