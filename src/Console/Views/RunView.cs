namespace Camshaft.LiveConsole.Views;

/// <summary>Runs of one model on one lane with hardly a gap between them.</summary>
/// <param name="Device">The lane's device, such as <c>cpu:0</c>.</param>
/// <param name="Lane">The lane's name.</param>
/// <param name="Model">The model and its version.</param>
/// <param name="Start">When the first began, in seconds since 1970.</param>
/// <param name="End">When the last ended.</param>
/// <param name="Busy">How much of the time between they took, in seconds.</param>
/// <param name="Runs">How many runs.</param>
/// <param name="Rows">How many rows they had together.</param>
/// <param name="Failures">How many of the runs failed.</param>
internal sealed record RunView(string Device, string Lane, string Model, double Start, double End, double Busy, int Runs, int Rows, int Failures);
