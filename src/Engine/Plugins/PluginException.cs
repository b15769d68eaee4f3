namespace Camshaft.Engine.Plugins;

/// <summary>Why a folder is no usable plugin; the message is what users read.</summary>
internal sealed class PluginException(string message, Exception? innerException = null) : Exception(message, innerException);
