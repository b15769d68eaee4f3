namespace Camshaft.LiveConsole.Views;

/// <summary>A lane at one moment.</summary>
/// <param name="Device">Its device, such as <c>cpu:0</c>.</param>
/// <param name="Name">Its name, which no other lane of the device has.</param>
/// <param name="Busy">The part of the time, 0 to 1, that batches had it.</param>
/// <param name="Model">What runs on it; null while it is free.</param>
internal sealed record LaneView(string Device, string Name, double Busy, string? Model);
