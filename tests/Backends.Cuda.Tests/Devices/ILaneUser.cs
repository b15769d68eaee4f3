namespace Camshaft.Backends.Cuda.Tests.Devices;

/// <summary>Runs batches on one lane, and looks at what they give.</summary>
internal interface ILaneUser : IDisposable
{
    /// <summary>Whether a batch has begun and not ended.</summary>
    bool IsBusy { get; }

    /// <summary>How many batches gave what they should not have.</summary>
    int WrongCount { get; }

    /// <summary>Begins a batch of numbers that count up.</summary>
    void Begin(int first, int count);
}
