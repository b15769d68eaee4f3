namespace Camshaft.LiveConsole.Views;

/// <summary>A version of a model on a GPU.</summary>
/// <param name="Key">The version's, as <see cref="ModelRow.Key"/>.</param>
/// <param name="Share">The part of the last seconds, 0 to 1, in which the GPU computed for it; more when several of its batches compute at once.</param>
/// <param name="Memory">The device memory that it takes, in bytes.</param>
internal sealed record GpuModelView(string Key, double Share, long Memory);
