namespace Camshaft.LiveConsole.Views;

/// <summary>What runs of so many rows take.</summary>
/// <param name="Rows">The rows of the batch.</param>
/// <param name="Cpu">Processor time in milliseconds, as the warm-up measured it; null when it did not.</param>
/// <param name="Wall">The time that passed, likewise.</param>
/// <param name="Count">How many batches of that size have served requests.</param>
/// <param name="Seen">Their mean time in milliseconds; null when there were none.</param>
internal sealed record ProfilePoint(int Rows, double? Cpu, double? Wall, long Count, double? Seen);
