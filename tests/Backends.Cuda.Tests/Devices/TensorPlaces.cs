namespace Camshaft.Backends.Cuda.Tests.Devices;

/// <summary>Where a batch's tensors are before and after it.</summary>
public enum TensorPlaces
{
    Host,
    Device,
    Both,
}
