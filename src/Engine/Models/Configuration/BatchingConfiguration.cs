namespace Camshaft.Engine.Models.Configuration;

/// <summary>How requests to a model join to batches.</summary>
public sealed record BatchingConfiguration
{
    /// <summary>The most rows of a batch; 1 = requests run alone; null = measured when the model is loaded.</summary>
    public int? MaxBatchSize { get; init; }
}
