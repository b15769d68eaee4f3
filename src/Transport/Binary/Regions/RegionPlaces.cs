using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Transport.Binary.Regions;

/// <summary>
/// The tensors of one request that lie in regions: those that the engine uses where they lie, and those that are copied before and after the run. Belongs to
/// its request and is reused with it.
/// </summary>
internal sealed class RegionPlaces
{
    private readonly List<RegionPlace> _inputs = [];
    private readonly List<(RegionPlace Place, nint Lent)> _outputs = [];

    /// <summary>
    /// Whether <see cref="ReadInputs"/> or <see cref="WriteOutputs"/> waits for a device whose memory a tensor lies in: the model runs elsewhere. Nobody else is to wait for
    /// that, so it is done on a thread of the pool's.
    /// </summary>
    public bool WaitsForDevice { get; private set; }

    /// <summary>Places an input that was declared. Takes the share in its region over.</summary>
    public void AddInput(InferenceRequest inference, in RegionPlace place)
    {
        if (place.Region.TryLend(place.Offset, place.ByteSize, out var memory))
        {
            if (inference.TryLendInput(place.Tensor, memory))
            {
                place.Region.Release();
                return;
            }

            memory.Release(memory.State);
        }

        WaitsForDevice |= place.Region.IsOnDevice;
        _inputs.Add(place);
    }

    /// <summary>Places an output that was asked for, after all inputs. Takes the share in its region over.</summary>
    public void AddOutput(InferenceRequest inference, in RegionPlace place)
    {
        nint lent = 0;
        if (place.Region.TryLend(place.Offset, place.ByteSize, out var memory))
        {
            if (inference.TryLendOutput(place.Tensor, memory))
            {
                lent = memory.Address;
            }
            else
            {
                memory.Release(memory.State);
            }
        }

        WaitsForDevice |= place.Region.IsOnDevice && lent == 0;
        _outputs.Add((place, lent));
    }

    /// <summary>Copies the inputs that are not used where they lie into the request's memory.</summary>
    public InferenceStatus ReadInputs(InferenceRequest inference)
    {
        foreach (var place in _inputs)
        {
            var status = place.Region.Read(place.Offset, inference.GetInput(place.Tensor).Bytes);
            if (!status.IsOk)
            {
                return Name(inference, "input", inference.Signature.Inputs[place.Tensor], place.Number, status);
            }
        }

        return InferenceStatus.Ok;
    }

    /// <summary>Copies the outputs of a run to where they are wanted, unless they are there.</summary>
    public InferenceStatus WriteOutputs(InferenceRequest inference)
    {
        foreach (var (place, lent) in _outputs)
        {
            var output = inference.GetOutput(place.Tensor);
            var status = output.Address == lent ? InferenceStatus.Ok : place.Region.Write(place.Offset, output.Bytes);
            if (!status.IsOk)
            {
                return Name(inference, "output", inference.Signature.Outputs[place.Tensor], place.Number, status);
            }
        }

        return InferenceStatus.Ok;
    }

    /// <summary>Where an output is, if that is in a region.</summary>
    public bool TryGetOutput(int tensor, out RegionPlace place)
    {
        foreach (var (output, _) in _outputs)
        {
            if (output.Tensor == tensor)
            {
                place = output;
                return true;
            }
        }

        place = default;
        return false;
    }

    /// <summary>Gives the shares back.</summary>
    public void Clear()
    {
        foreach (var place in _inputs)
        {
            place.Region.Release();
        }

        foreach (var (place, _) in _outputs)
        {
            place.Region.Release();
        }

        WaitsForDevice = false;
        _inputs.Clear();
        _outputs.Clear();
    }

    private static InferenceStatus Name(InferenceRequest inference, string side, TensorSpec tensor, uint region, in InferenceStatus status) =>
        new(status.Code, $"{inference.Model}: {side} '{tensor.Name}' in region {region}: {status.Message}");
}
