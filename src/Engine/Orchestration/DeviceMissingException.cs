namespace Camshaft.Engine.Orchestration;

/// <summary>A version that is right as far as can be seen, on a machine that has none of the devices which it needs.</summary>
/// <param name="message">What it needs, what is there, and how much of it could be looked at.</param>
internal sealed class DeviceMissingException(string message) : Exception(message);
