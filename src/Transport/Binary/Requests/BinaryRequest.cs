using System.Runtime.CompilerServices;
using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Routing;
using Camshaft.Transport.Binary.Regions;
using Camshaft.Transport.Hosting.Access;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Requests;

/// <summary>
/// One infer from its head to its answer: the engine's request, the places of its inputs in the frame, and what it holds of
/// its connection. Pooled. The receive loop owns it until <see cref="Run"/>, then whoever completes it, then the sender.
/// </summary>
internal sealed class BinaryRequest
{
    private const int UsualInputCount = 4;

    private readonly Action _onAnswered;
    private InputPlace[] _places = new InputPlace[UsualInputCount];
    private int _placeCount;
    private bool _isAnswered;
    private RequestOwner _owner = null!;
    private Admission _admission;
    private ConfiguredValueTaskAwaitable<InferenceStatus>.ConfiguredValueTaskAwaiter _answer;

    // One delegate for the life of the object, which is reused.
    public BinaryRequest() => _onAnswered = OnAnswered;

    public ulong Id { get; private set; }

    /// <summary>The credit that its frame took.</summary>
    public long Charge { get; private set; }

    public InferenceRequest Inference { get; private set; } = null!;

    /// <summary>The way by which it was found; for its copies.</summary>
    public Route Route { get; set; }

    /// <summary>Where the inputs that have data in the frame lie, in the order of the frame.</summary>
    public ReadOnlySpan<InputPlace> Places => _places.AsSpan(0, _placeCount);

    /// <summary>Its tensors that lie in regions.</summary>
    public RegionPlaces Regions { get; } = new();

    /// <summary>Begins a use. Takes the duties to dispose the engine's request and the admission over.</summary>
    public void Begin(RequestOwner owner, ulong id, long charge, InferenceRequest inference, in Admission admission)
    {
        _owner = owner;
        Id = id;
        Charge = charge;
        Inference = inference;
        _admission = admission;
        _placeCount = 0;
    }

    public void AddPlace(in InputPlace place)
    {
        if (_placeCount == _places.Length)
        {
            Array.Resize(ref _places, _placeCount * 2);
        }

        _places[_placeCount++] = place;
    }

    /// <summary>Submits the request, whose inputs are filled. It answers by itself; the caller does not touch it any more.</summary>
    public void Run()
    {
        // Not awaited: the one continuation that the object has serves all of its uses.
#pragma warning disable CA2012
        _answer = Inference.RunAsync().ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
        if (_answer.IsCompleted && !Regions.WaitsForDevice)
        {
            OnAnswered();
        }
        else
        {
            _answer.UnsafeOnCompleted(_onAnswered);
        }
    }

    /// <summary>Ends the request without success: the client gets an error, and everything is given back.</summary>
    public void Fail(in InferenceStatus status, FrameFlags flags)
    {
        var (owner, id, charge) = (_owner, Id, Charge);
        Inference.Refuse(status);
        GiveBack();
        owner.Refuse(id, status, flags, charge);
        owner.AnswerFreeRegions();
    }

    /// <summary>Ends the request without an answer, since there is nobody to take one.</summary>
    public void Abandon()
    {
        // In this order: when no id is in flight the connection holds nothing.
        var (owner, id, charge) = (_owner, Id, Charge);
        GiveBack();
        owner.Forget(id, charge);
        owner.AnswerFreeRegions();
    }

    /// <summary>An answer is about to be written: from here on the client may use the id and the credit again.</summary>
    public void BeginAnswer() => _owner.Forget(Id, Charge);

    /// <summary>Gives everything back, the object too; the caller does not touch it any more.</summary>
    public void Release()
    {
        var owner = _owner;
        if (_isAnswered)
        {
            owner.OfferCopies(Route, Inference);
        }

        GiveBack();
        owner.AnswerFreeRegions();
    }

    private void OnAnswered()
    {
        var status = _answer.GetResult();
        status = status.IsOk ? Regions.WriteOutputs(Inference) : status;
        if (status.IsOk)
        {
            _isAnswered = true;
            _owner.Answer(this);
        }
        else
        {
            Fail(status, Inference.Timings.RunStarted == 0 ? FrameFlags.NotBegun : FrameFlags.None);
        }
    }

    private void GiveBack()
    {
        var (owner, inference, admission) = (_owner, Inference, _admission);
        _isAnswered = false;
        Route = default;
        _owner = null!;
        Inference = null!;
        _admission = default;
        _answer = default;
        inference.Dispose();
        admission.Dispose();
        Regions.Clear();
        owner.Return(this);
    }
}
