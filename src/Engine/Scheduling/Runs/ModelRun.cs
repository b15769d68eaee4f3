using Camshaft.Backends;
using Camshaft.Engine.Batching;
using Camshaft.Engine.Devices;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling.Lanes;

namespace Camshaft.Engine.Scheduling.Runs;

/// <summary>One batch on a lane, as its backend sees it. Belongs to the lane and is reused by each run on it.</summary>
internal sealed class ModelRun(EngineLane lane) : ModelExecution, ILaneObserver, IDisposable
{
    private readonly BatchTensors _tensors = new();
    private readonly AcceleratorTensors _device = new();
    private InferenceStatus _enqueueStatus;
    private Exception? _enqueueFailure;
    private bool _isOnDevice;
    private CancellationTokenSource _cancellation = new();
    private InferenceRequest? _first;
    private int _rowCount;
    private int _isRunning;

    public override int RowCount => _rowCount;

    public override CancellationToken CancellationToken => _cancellation.Token;

    private InferenceRequest First => _first ?? throw new InvalidOperationException("The batch has ended.");

    /// <summary>How long an accelerator computed the last batch; zero on other devices.</summary>
    public TimeSpan DeviceTime => _device.Lane?.ComputeTime ?? TimeSpan.Zero;

    // One request alone runs on its own tensors.
    private bool IsBatch => First.NextInBatch is not null;

    private ModelVersion Model => First.Model;

    /// <summary>Runs a batch on its model's instance for this lane.</summary>
    /// <param name="first">The batch's requests; the run has them until <see cref="End"/>.</param>
    /// <param name="status">How the run ended, when it has.</param>
    /// <returns>
    /// <see cref="ExecutionState.Completed"/>: the caller finishes the request. <see cref="ExecutionState.Pending"/>: the
    /// backend does, or has done so by now; the caller touches neither the lane nor the request any more.
    /// </returns>
    public ExecutionState Execute(InferenceRequest first, out InferenceStatus status)
    {
        _first = first;
        _rowCount = 0;
        for (var request = first; request is not null; request = request.NextInBatch)
        {
            _rowCount += request.RowCount;
        }

        Volatile.Write(ref _isRunning, 1);
        status = InferenceStatus.Ok;
        var model = first.Model;
        try
        {
            if (IsBatch)
            {
                _tensors.Begin(first, _rowCount);
            }

            return model.FindAcceleratorLane(lane.Native) is { } accelerator
                ? Enqueue(model.GetInstance(lane.Native), accelerator, out status)
                : model.GetInstance(lane.Native).Execute(this);
        }
        catch (BackendException exception)
        {
            status = lane.Native.Device is IAccelerator ? RequestErrors.Refused(model, exception) : new InferenceStatus(exception.Code, exception.Message);
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            // The request knows why it was cancelled.
            status = RequestErrors.Ended(model, StatusCode.Cancelled);
        }
        catch (Exception exception)
        {
            // A backend's bug: this request ends, and so does the instance, whose state nobody knows.
            status = RequestErrors.BackendFailed(model, exception);
            model.DropInstance(lane.Native, exception);
        }

        return ExecutionState.Completed;
    }

    /// <summary>The accelerator has done all of the batch. On a thread of the device's.</summary>
    void ILaneObserver.OnRunEnded(string? fault) =>
        lane.EndLater(fault is null ? _enqueueStatus : new InferenceStatus(StatusCode.Unavailable, $"{Model}: {fault}"));

    /// <summary>Ends the run, by whoever comes first; a backend that completes twice is told so.</summary>
    /// <param name="status">How the run ended; other than it was when the requests cannot be given their outputs.</param>
    /// <returns>The requests, now the caller's to finish.</returns>
    public InferenceRequest End(ref InferenceStatus status)
    {
        var first = Interlocked.Exchange(ref _isRunning, 0) == 1 ? First : throw new InvalidOperationException("The batch has ended already.");
        if (IsBatch)
        {
            status = EndBatch(status);
        }

        if (_enqueueFailure is { } failure)
        {
            _enqueueFailure = null;
            first.Model.DropInstance(lane.Native, failure);
        }

        _first = null;
        return first;
    }

    /// <summary>
    /// Asks the backend to end early. Under the scheduler's lock, hence the callbacks run elsewhere: they are a plugin's.
    /// </summary>
    public void RequestCancel() => _ = _cancellation.CancelAsync();

    /// <summary>Makes the lane's token fit for the next run. Under the scheduler's lock, once nobody can cancel this run any more.</summary>
    public void ResetCancellation()
    {
        if (_cancellation.IsCancellationRequested)
        {
            // Not disposed: its callbacks may be about to run, and there is nothing in it but managed memory.
            _cancellation = new CancellationTokenSource();
        }
    }

    public override bool HasInput(int index) => First.Inputs[index].IsPresent;

    public override TensorView GetInput(int index)
    {
        var slot = First.Inputs[index];
        if (!slot.IsPresent)
        {
            throw new InvalidOperationException($"The batch does not carry input {index}.");
        }

        var host = IsBatch ? _tensors.GetInput(index).GetView(slot.Spec) : slot.View;
        return _isOnDevice ? _device.GetInput(index, host) : host;
    }

    public override bool IsOutputRequested(int index) => IsBatch ? _tensors.GetOutput(index).IsPresent : First.Outputs[index].IsPresent;

    public override bool TryGetOutput(int index, out TensorView output)
    {
        if (!TryGetHostOutput(index, out output))
        {
            return false;
        }

        output = _isOnDevice ? _device.PlaceOutput(index, output) : output;
        return true;
    }

    private bool TryGetHostOutput(int index, out TensorView output)
    {
        var slot = First.Outputs[index];
        if (IsBatch)
        {
            var tensor = _tensors.GetOutput(index);
            var isKnown = tensor is { IsShapeKnown: true, IsPlaced: true };
            output = isKnown ? tensor.GetView(slot.Spec) : default;
            return isKnown;
        }

        output = slot.IsShapeKnown && slot.HasMemory ? slot.View : default;
        return slot.IsShapeKnown && slot.HasMemory;
    }

    public override TensorView AllocateOutput(int index, DataType dataType, scoped ReadOnlySpan<long> shape, long byteSize)
    {
        var slot = First.Outputs[index];
        BackendOutput.Check(Model, slot.Spec, dataType, shape, byteSize);
        if (!IsBatch && slot.TryUsePlace(byteSize))
        {
            slot.SetShape(new Shape(shape), byteSize);
            return Place(index, slot.View);
        }

        var buffer = BackendOutput.Rent(Model, First.Memory, slot.Spec, byteSize);
        if (IsBatch)
        {
            var tensor = _tensors.GetOutput(index);
            tensor.Place(new Shape(shape), buffer, byteSize);
            return Place(index, tensor.GetView(slot.Spec));
        }

        slot.SetMemory(buffer);
        slot.SetShape(new Shape(shape), byteSize);
        return Place(index, slot.View);
    }

    public override void SetForeignOutput(int index, DataType dataType, scoped ReadOnlySpan<long> shape, nint address, long byteSize, Action<nint> release, nint state)
    {
        var slot = First.Outputs[index];
        if (_isOnDevice)
        {
            _device.ForgetOutput(index);
        }

        try
        {
            BackendOutput.Check(Model, slot.Spec, dataType, shape, byteSize);
        }
        catch
        {
            release(state);
            throw;
        }

        if (IsBatch)
        {
            _tensors.GetOutput(index).Place(new Shape(shape), address, byteSize, new SharedForeignMemory(release, state));
            return;
        }

        slot.SetForeignMemory(address, release, state);
        slot.SetShape(new Shape(shape), byteSize);
    }

    public override void Complete() => lane.FinishPending(InferenceStatus.Ok);

    public override void Fail(InferenceStatus status) => lane.FinishPending(status);

    public void Dispose() => _cancellation.Dispose();

    private TensorView Place(int index, TensorView host) => _isOnDevice ? _device.PlaceOutput(index, host) : host;

    /// <summary>Enqueues the batch: inputs to the device, the model, outputs to the host. Returns when that is done, not when it has run.</summary>
    private ExecutionState Enqueue(IModelInstance instance, IAcceleratorLane accelerator, out InferenceStatus status)
    {
        (_enqueueStatus, _enqueueFailure) = (InferenceStatus.Ok, null);
        _device.Begin(accelerator, First.Inputs.Length, First.Outputs.Length);
        accelerator.Begin();
        try
        {
            EnqueueSteps(instance, accelerator);
        }
        catch (BackendException exception)
        {
            _enqueueStatus = RequestErrors.Refused(Model, exception);
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            _enqueueStatus = RequestErrors.Ended(Model, StatusCode.Cancelled);
        }
        catch (Exception exception)
        {
            // A backend's bug. Its instance stays until what it has enqueued has run.
            _enqueueStatus = RequestErrors.BackendFailed(Model, exception);
            _enqueueFailure = exception;
        }

        // Also after a failure: copies that are under way use the requests' memory until they have run.
        _isOnDevice = false;
        status = InferenceStatus.Ok;
        accelerator.End(this);
        return ExecutionState.Pending;
    }

    private void EnqueueSteps(IModelInstance instance, IAcceleratorLane accelerator)
    {
        for (var i = 0; i < First.Inputs.Length; i++)
        {
            if (HasInput(i))
            {
                _device.CopyIn(i, GetInput(i), First, isUsedInPlace: !IsBatch && First.Inputs[i].IsUsedInPlace);
            }
        }

        _isOnDevice = true;
        accelerator.BeginCompute();
        if (instance.Execute(this) == ExecutionState.Pending)
        {
            throw new InvalidOperationException("On an accelerator a backend enqueues its work, and returns.");
        }

        accelerator.EndCompute();
        _device.CopyOut(First, _rowCount);
    }

    private InferenceStatus EndBatch(in InferenceStatus status)
    {
        try
        {
            if (status.IsOk)
            {
                _tensors.Distribute();
            }

            return status;
        }
        catch (BackendException exception)
        {
            return new InferenceStatus(exception.Code, exception.Message);
        }
        finally
        {
            _tensors.End();
        }
    }
}
