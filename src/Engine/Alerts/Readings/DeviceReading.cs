namespace Camshaft.Engine.Alerts.Readings;

/// <summary>The memory of a device that has some of its own, and works.</summary>
/// <param name="Name">The device, such as <c>cuda:0</c>.</param>
/// <param name="ModelByteSize">The bytes that models and their batches take.</param>
/// <param name="BudgetByteSize">The bytes that they may take.</param>
public sealed record DeviceReading(string Name, long ModelByteSize, long BudgetByteSize);
